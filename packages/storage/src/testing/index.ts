export { backendSuite } from './backend-suite.ts';
export type { OpenBackend } from './opened.ts';
