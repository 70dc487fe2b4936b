export { admissionAttributes, firstPass } from './admission-attributes.ts';
