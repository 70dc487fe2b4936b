import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration } from '../check/declaration.ts';
import { asInstance, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { smallInt } from '../values/number.ts';
import { Duration, Timestamp } from '../values/time.ts';
import type { Value } from '../values/value.ts';

/** Parts of a point in time, read from a date whose UTC fields are the local ones. */
const parts: readonly (readonly [name: string, id: string, read: (date: Date) => number, withZone?: string])[] = [
  ['getFullYear', 'timestamp_to_year', (date) => date.getUTCFullYear()],
  ['getMonth', 'timestamp_to_month', (date) => date.getUTCMonth()],
  ['getDayOfYear', 'timestamp_to_day_of_year', dayOfYear],
  ['getDayOfMonth', 'timestamp_to_day_of_month', (date) => date.getUTCDate() - 1],
  ['getDate', 'timestamp_to_day_of_month_1_based', (date) => date.getUTCDate()],
  ['getDayOfWeek', 'timestamp_to_day_of_week', (date) => date.getUTCDay()],
  ['getHours', 'timestamp_to_hours', (date) => date.getUTCHours()],
  ['getMinutes', 'timestamp_to_minutes', (date) => date.getUTCMinutes()],
  ['getSeconds', 'timestamp_to_seconds', (date) => date.getUTCSeconds(), 'timestamp_to_seconds_tz'],
  ['getMilliseconds', 'timestamp_to_milliseconds', (date) => date.getUTCMilliseconds()],
];

/** The parts of a duration that are told in whole units; milliseconds are those within a second. */
const lengths: ReadonlyMap<string, readonly [id: string, read: (nanos: bigint) => bigint]> = new Map([
  ['getHours', ['duration_to_hours', (nanos: bigint) => nanos / 3_600_000_000_000n] as const],
  ['getMinutes', ['duration_to_minutes', (nanos: bigint) => nanos / 60_000_000_000n] as const],
  ['getSeconds', ['duration_to_seconds', (nanos: bigint) => nanos / 1_000_000_000n] as const],
  ['getMilliseconds', ['duration_to_milliseconds', (nanos: bigint) => (nanos % 1_000_000_000n) / 1_000_000n] as const],
]);

/** getFullYear … getMilliseconds, of timestamps (with a zone if wanted) and durations. */
export const calendarFunctions: readonly FunctionDeclaration[] = parts.map(
  ([name, id, read, zoned = `${id}_with_tz`]) => {
    const length = lengths.get(name);
    const ofDuration = (value: Value | undefined): Value =>
      smallInt(length?.[1](asInstance(Duration, value).nanos) ?? 0n);
    return declare(
      name,
      [id, 'timestamp.() -> int', (at) => read(dateOf(asInstance(Timestamp, at), 0))],
      [zoned, 'timestamp.(string) -> int', (at, zone) => read(inZone(asInstance(Timestamp, at), asString(zone)))],
      ...(length === undefined ? [] : [[length[0], 'duration.() -> int', ofDuration] as const]),
    );
  },
);

function dateOf(at: Timestamp, offset: number): Date {
  return new Date((at.seconds + offset) * 1000 + Math.floor(at.nanos / 1_000_000));
}

function inZone(at: Timestamp, zone: string): Date {
  const fixed = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (fixed === null) return dateOf(at, zoneOffset(at, zone));
  const minutes = Number(fixed[3]);
  if (minutes > 59) throw new Fault(`timezone offset minutes out of range [0, 59]: ${zone}`);
  const seconds = Number(fixed[2]) * 3600 + minutes * 60;
  return dateOf(at, fixed[1] === '-' ? -seconds : seconds);
}

/** Formatters are costly to make; zones are few. */
const formats = new Map<string, Intl.DateTimeFormat>();

function zoneOffset(at: Timestamp, zone: string): number {
  if (zone === '' || zone === 'UTC') return 0;
  const date = new Date(at.seconds * 1000);
  const found: Record<string, number> = {};
  for (const { type, value } of zoneFormat(zone).formatToParts(date)) found[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  return (local.getTime() - date.getTime()) / 1000;
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = makeFormat(zone);
  if (formats.size > 600) formats.clear();
  formats.set(zone, made);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat {
  const all = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...all, hourCycle: 'h23' });
  } catch {
    throw new Fault(`unknown time zone ${timeZone}`);
  }
}

function dayOfYear(date: Date): number {
  const start = new Date(0);
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start.getTime()) / 86_400_000);
}
