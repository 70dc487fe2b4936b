export { programs } from './programs.ts';
export type { Program } from './programs.ts';
