import { types } from 'node:util';
import type { LogFields, Logger } from '@kcp/telemetry';
import { destination, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Logger as Pino } from 'pino';
import { textLine } from './text-line.ts';

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

/** The program's logger. Lines are written before the call returns, so that none is lost in a crash. */
export function createLogger(options: LoggerOptions): Logger {
  const output = options.output ?? destination({ dest: 2, sync: true });
  const lines = options.format === 'json' ? output : { write: (line: string) => output.write(textLine(line)) };
  const settings = {
    level: options.level,
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }), log: withErrors },
  };
  return new PinoLogger(pino(settings, { write: (line) => void lines.write(line) }));
}

class PinoLogger implements Logger {
  readonly #pino: Pino;

  constructor(bound: Pino) {
    this.#pino = bound;
  }

  debug(message: string, fields?: LogFields): void {
    this.#pino.debug(fields, message);
  }

  info(message: string, fields?: LogFields): void {
    this.#pino.info(fields, message);
  }

  warn(message: string, fields?: LogFields): void {
    this.#pino.warn(fields, message);
  }

  error(message: string, fields?: LogFields): void {
    this.#pino.error(fields, message);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#pino.child(fields));
  }
}

/** JSON knows no errors: each becomes its type, message, stack and causes. */
function withErrors(fields: object): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    shown[name] = types.isNativeError(value) ? stdSerializers.errWithCause(value) : value;
  }
  return shown;
}
