import { types } from './type.ts';
import { Fault } from './fault.ts';

const minSeconds = -62_135_596_800;
const maxSeconds = 253_402_300_799;
const nanosPerSecond = 1_000_000_000n;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/** A point in time between the years 1 and 9999, in nanoseconds. */
export class Timestamp {
  /** Since 1970, rounded down. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanos: number;

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds;
    this.nanos = nanos;
  }

  get type(): typeof types.timestamp {
    return types.timestamp;
  }

  static of(nanos: bigint): Timestamp {
    const seconds = Number(floorDivide(nanos, nanosPerSecond));
    if (seconds < minSeconds || seconds > maxSeconds) throw new Fault('timestamp overflow');
    return new Timestamp(seconds, Number(nanos - BigInt(seconds) * nanosPerSecond));
  }

  get total(): bigint {
    return BigInt(this.seconds) * nanosPerSecond + BigInt(this.nanos);
  }
}

/** A length of time: signed 64-bit nanoseconds, as in Go. */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  get type(): typeof types.duration {
    return types.duration;
  }

  static of(nanos: bigint): Duration {
    if (nanos < minInt64 || nanos > maxInt64) throw new Fault('duration overflow');
    return new Duration(nanos);
  }
}

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;

/** Reads RFC 3339 as Go's time.Parse does; undefined where it is none or out of range. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const m = rfc3339.exec(text);
  if (m === null) return undefined;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = parseOffset(m[8] ?? 'Z');
  if (offset === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  if (seconds < minSeconds || seconds > maxSeconds) return undefined;
  return new Timestamp(seconds, Number((m[7] ?? '').slice(0, 9).padEnd(9, '0')));
}

/** The seconds of `Z`, `+02:00`. */
export function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0;
  const m = /^([+-]?)(\d{2}):(\d{2})$/.exec(text);
  if (m === null || Number(m[2]) > 24 || Number(m[3]) > 59) return undefined;
  const seconds = Number(m[2]) * 3600 + Number(m[3]) * 60;
  return m[1] === '-' ? -seconds : seconds;
}

/** RFC 3339 in UTC with as many digits as needed. */
export function formatTimestamp(at: Timestamp): string {
  const base = new Date(at.seconds * 1000).toISOString().replace(/\.\d+Z$/, '');
  return `${base.padStart(19, '0')}${fraction(at.nanos)}Z`;
}

function fraction(nanos: number): string {
  return nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: nanosPerSecond,
  m: 60n * nanosPerSecond,
  h: 3600n * nanosPerSecond,
};

/** Reads what Go's time.ParseDuration reads: `1h2m3.5s`. */
export function parseDuration(text: string): Duration | undefined {
  const m = /^([+-]?)(.*)$/s.exec(text);
  const body = m?.[2] ?? '';
  if (body === '0') return new Duration(0n);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0n;
  for (const part of body.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const unit = unitNanos[part[3] ?? ''] ?? 0n;
    const decimals = part[2] ?? '';
    total += BigInt(part[1] === '' ? '0' : (part[1] ?? '0')) * unit;
    if (decimals !== '') total += (BigInt(decimals.slice(0, 18)) * unit) / 10n ** BigInt(Math.min(decimals.length, 18));
    if (total > maxInt64 + 1n) return undefined;
  }
  const signed = m?.[1] === '-' ? -total : total;
  return signed > maxInt64 ? undefined : new Duration(signed);
}

/** Seconds with as many digits as needed: `90s`, `1.5s`. */
export function formatDuration(value: Duration): string {
  const sign = value.nanos < 0n ? '-' : '';
  const nanos = value.nanos < 0n ? -value.nanos : value.nanos;
  return `${sign}${nanos / nanosPerSecond}${fraction(Number(nanos % nanosPerSecond))}s`;
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b < 0n ? q - 1n : q;
}
