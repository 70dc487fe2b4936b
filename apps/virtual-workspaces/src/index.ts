export { missing, programFlags } from './flags.ts';
export type { ProgramFlags } from './flags.ts';
export { startWith } from './wiring.ts';
