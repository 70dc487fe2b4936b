import { badRequest } from './api-error.ts';
import type { Instant } from './time.ts';

const LAYOUTS = { seconds: '2006-01-02T15:04:05Z07:00', micros: '2006-01-02T15:04:05.000000Z07:00' } as const;
const WHOLE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/;

type Layout = keyof typeof LAYOUTS;

/** The fields of a time as they are read. */
interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  offsetMinutes: number;
}

/** Reads a time by Go's layout; what does not fit is refused in the words of Go's time.Parse. */
export function readTime(text: string, layout: Layout): Instant {
  const match = WHOLE.exec(text);
  const fraction = match?.[7] ?? '';
  if (match === null || (layout === 'micros' && fraction.length !== 7))
    return toInstant(new Reader(text, layout).fields());
  const fields = {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4]),
    minute: Number(match[5]),
    second: Number(match[6]),
    nanos: toNanos(fraction),
    offsetMinutes: (match[8] === '-' ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)),
  };
  return inRange(fields) ? toInstant(fields) : toInstant(new Reader(text, layout).fields());
}

function inRange({ year, month, day, hour, minute, second, offsetMinutes }: Fields): boolean {
  const dayIsGood = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return dayIsGood && hour < 24 && minute < 60 && second < 60 && Math.abs(offsetMinutes) < 24 * 60;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return leap ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function toInstant({ year, month, day, hour, minute, second, nanos, offsetMinutes }: Fields): Instant {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offsetMinutes, second);
  return { seconds: date.getTime() / 1000, nanos };
}

function toNanos(fraction: string): number {
  return Number(fraction.slice(1, 10).padEnd(9, '0'));
}

/** Reads field by field, so that the first that does not fit can be named. */
class Reader {
  readonly #text: string;
  readonly #layout: Layout;
  #at = 0;

  constructor(text: string, layout: Layout) {
    this.#text = text;
    this.#layout = layout;
  }

  fields(): Fields {
    const year = this.#year();
    this.#literal('-');
    const month = this.#number({ as: '01', name: 'month', from: 1, to: 12 });
    this.#literal('-');
    const day = this.#number({ as: '02', name: 'day', from: 0, to: 99 });
    this.#literal('T');
    const hour = this.#number({ as: '15', name: 'hour', from: 0, to: 23, short: true });
    this.#literal(':');
    const minute = this.#number({ as: '04', name: 'minute', from: 0, to: 59 });
    this.#literal(':');
    const second = this.#number({ as: '05', name: 'second', from: 0, to: 59 });
    const nanos = this.#fraction();
    const offsetMinutes = this.#zone();
    const rest = this.#text.slice(this.#at);
    if (rest !== '') throw this.#refuse(`: extra text: ${quoteBytes(rest)}`);
    if (day < 1 || day > daysIn(year, month)) throw this.#refuse(': day out of range');
    return { year, month, day, hour, minute, second, nanos, offsetMinutes };
  }

  #refuse(why: string): Error {
    return badRequest(`parsing time ${quoteBytes(this.#text)}${why}`);
  }

  #cannotParse(value: string, as: string): Error {
    return this.#refuse(
      ` as ${quoteBytes(LAYOUTS[this.#layout])}: cannot parse ${quoteBytes(value)} as ${quoteBytes(as)}`,
    );
  }

  #literal(character: string): void {
    if (this.#text[this.#at] !== character) throw this.#cannotParse(this.#text.slice(this.#at), character);
    this.#at += 1;
  }

  #year(): number {
    const year = this.#text.slice(0, 4);
    if (!/^\d{4}$/.test(year)) throw this.#cannotParse(this.#text, '2006');
    this.#at = 4;
    return Number(year);
  }

  #number(field: { as: string; name: string; from: number; to: number; short?: boolean }): number {
    const rest = this.#text.slice(this.#at);
    const digits = (field.short ? /^\d\d?/ : /^\d\d/).exec(rest)?.[0];
    if (digits === undefined) throw this.#cannotParse(rest, field.as);
    const value = Number(digits);
    if (value < field.from || value > field.to) throw this.#refuse(`: ${field.name} out of range`);
    this.#at += digits.length;
    return value;
  }

  #fraction(): number {
    const rest = this.#text.slice(this.#at);
    const pattern = this.#layout === 'micros' ? /^[.,]\d{6}/ : /^[.,]\d+/;
    const fraction = pattern.exec(rest)?.[0] ?? '';
    if (fraction === '' && this.#layout === 'micros') throw this.#cannotParse(rest, '.000000');
    this.#at += fraction.length;
    return toNanos(fraction);
  }

  #zone(): number {
    const rest = this.#text.slice(this.#at);
    const match = /^(?:Z|([+-])(\d\d):(\d\d))/.exec(rest);
    if (match === null) throw this.#cannotParse(rest, 'Z07:00');
    const [hours, minutes] = [Number(match[2] ?? 0), Number(match[3] ?? 0)];
    if (hours > 24) throw this.#refuse(': time zone offset hour out of range');
    if (minutes > 60) throw this.#refuse(': time zone offset minute out of range');
    this.#at += match[0].length;
    return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes);
  }
}

const encoder = new TextEncoder();

/** Quotes as Go's package time does: every byte outside ASCII as `\xNN`. */
function quoteBytes(text: string): string {
  let quoted = '"';
  for (const byte of encoder.encode(text)) {
    if (byte === 0x22 || byte === 0x5c) quoted += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x20 || byte >= 0x80) quoted += `\\x${byte.toString(16).padStart(2, '0')}`;
    else quoted += String.fromCharCode(byte);
  }
  return `${quoted}"`;
}
