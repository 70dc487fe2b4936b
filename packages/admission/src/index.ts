export type { AdmissionAttributes, AdmissionOperation, AdmissionPlugin } from './admission.ts';
