const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const CLOCK = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[^\n][0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/;

/** Format `date`: a day that exists, as RFC 3339 writes it. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Format `date-time` of RFC 3339; like kube-openapi it takes any sign before the fraction and no leap second. */
export function isDateTime(text: string): boolean {
  const [day, clock] = text.toLowerCase().split('t');
  if (day === undefined || clock === undefined || !isDate(day)) return false;
  const parts = CLOCK.exec(clock);
  return parts !== null && (parts[1] ?? '') <= '23' && (parts[2] ?? '') <= '59' && (parts[3] ?? '') <= '59';
}

const GO_DURATION = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
/** Tokens instead of one expression for a number and its unit: that one would take quadratic time over many digits. */
const WORDS = /\d+|[A-Za-zµ]+|[\t\n\f\r ]+|[^\dA-Za-zµ\t\n\f\r ]+/g;
const MAX_INT64 = 9_223_372_036_854_775_807n;
const UNITS: readonly (readonly string[])[] = [
  ['ns', 'nano'],
  ['us', 'µs', 'micro'],
  ['ms', 'milli'],
  ['s', 'sec'],
  ['m', 'min'],
  ['h', 'hr', 'hour'],
  ['d', 'day'],
  ['w', 'wk', 'week'],
];
/** Go's largest duration, 2^63 - 1 nanoseconds, in hours. */
const MAX_HOURS = 2_562_047.8;
const HOURS: Readonly<Record<string, number>> = { h: 1, m: 1 / 60, s: 1 / 3600, ms: 1 / 3.6e6 };

/** Format `duration`: what Go's time.ParseDuration takes, or numbers with units in words (`3 days`). */
export function isDuration(text: string): boolean {
  if (text === '0' || text === '+0' || text === '-0') return true;
  if (GO_DURATION.test(text) && hoursOf(text) <= MAX_HOURS) return true;
  return isWordedDuration(text);
}

function isWordedDuration(text: string): boolean {
  let known = false;
  let digits = '';
  for (const [word] of text.matchAll(WORDS)) {
    if (/^\d/.test(word)) digits = word;
    else if (/^[\t\n\f\r ]/.test(word) && digits !== '') continue;
    else {
      if (digits !== '' && /^[A-Za-zµ]/.test(word)) {
        if (digits.length > 19 || BigInt(digits) > MAX_INT64) return false;
        known ||= isUnit(word.toLowerCase());
      }
      digits = '';
    }
  }
  return known;
}

function hoursOf(text: string): number {
  let hours = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)([a-zµμ]+)/g)) {
    hours += Number(amount) * (HOURS[unit] ?? 0);
  }
  return hours;
}

function isUnit(unit: string): boolean {
  return UNITS.some((names) => names.includes(unit) || unit.startsWith(names.at(-1) ?? unit));
}
