export { backendSuite } from './backend-suite.ts';
export type { OpenBackend } from './opened.ts';
export type { SuiteOptions } from './backend-suite.ts';
