import { types } from 'node:util';
import type { LogFields, Logger } from '@kcp/telemetry';
import { destination, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Logger as Pino } from 'pino';
import type { LoggerOptions } from './logger.ts';
import { textLine } from './text-line.ts';

/** Log lines by pino. */
export class PinoLogger implements Logger {
  readonly #pino: Pino;

  private constructor(bound: Pino) {
    this.#pino = bound;
  }

  static open({ level, format, output = destination({ dest: 2, sync: true }) }: LoggerOptions): PinoLogger {
    const lines = format === 'json' ? output : { write: (line: string) => output.write(textLine(line)) };
    const settings = {
      level,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }), log: withErrors },
    };
    return new PinoLogger(pino(settings, { write: (line) => void lines.write(line) }));
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
