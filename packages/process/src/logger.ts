import type { Logger } from '@kcp/telemetry';

/** From chatty to quiet; a logger drops what is below its own. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One JSON object a line for machines, or one readable line. */
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** How a program logs. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where the lines go; standard error where left out. */
  readonly output?: { write(line: string): unknown };
}

/** Loads pino and makes the program's logger. Lines are written before a call returns, so that none is lost in a crash. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const { PinoLogger } = await import('./pino-logger.ts');
  return PinoLogger.open(options);
}
