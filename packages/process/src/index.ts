export { defineCommand } from './command.ts';
export type { Command, CommandCall, CommandDefinition, ReadyCommand, WordCount } from './command.ts';
export { completeWords, formatCandidates } from './completion.ts';
export type { Candidate } from './completion.ts';
export { completionScript, completionShells } from './completion-script.ts';
export type { CompletionShell } from './completion-script.ts';
export {
  choiceFlag,
  durationFlag,
  integerFlag,
  listFlag,
  numberFlag,
  switchFlag,
  textFlag,
  textsFlag,
} from './flag.ts';
export type { Flag, FlagOptions } from './flag.ts';
export { defineFlags, FlagError } from './flags.ts';
export type { Flags, FlagsDefinition, FlagTable, FlagValues, ParsedFlags } from './flags.ts';
export { createLogger, logFormats, logLevels } from './logger.ts';
export type { LoggerOptions, LogFormat, LogLevel } from './logger.ts';
export { createMeter } from './meter.ts';
export type { MeterOptions, ProgramMeter } from './meter.ts';
export { nodeVersionProblem } from './node-version.ts';
export { createTracer } from './tracer.ts';
export type { ProgramTracer, TracerOptions } from './tracer.ts';
export { chooseCommand } from './program.ts';
export type { ChosenCommand } from './program.ts';
export { untilSignal } from './signals.ts';
export type { SignalSource, StopSignal, UntilSignalOptions } from './signals.ts';
