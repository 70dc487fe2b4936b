import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.ts';
import { formatMicroTime, formatTime, instantOf, parseMicroTime, parseTime } from './time.ts';

describe('a Time', () => {
  it.each([
    ['2006-01-02T15:04:05Z', '2006-01-02T15:04:05Z'],
    ['2006-01-02T15:04:05.999Z', '2006-01-02T15:04:05Z'],
    ['2006-01-02T15:04:05,5Z', '2006-01-02T15:04:05Z'],
    ['2006-01-02T15:04:05+02:00', '2006-01-02T13:04:05Z'],
    ['2006-01-02T15:04:05-00:30', '2006-01-02T15:34:05Z'],
    ['2006-01-02T5:04:05Z', '2006-01-02T05:04:05Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['2006-01-02T15:04:05+24:00', '2006-01-01T15:04:05Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['0001-01-01T00:00:00Z', null],
  ])('%s is written %s', (text, written) => {
    expect(formatTime(parseTime(text))).toBe(written);
  });

  it.each([
    ['yesterday', '"yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
    ['', '"" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
    ['12:00', '"12:00" as "2006-01-02T15:04:05Z07:00": cannot parse "12:00" as "2006"'],
    [
      '2006-1-02T15:04:05Z',
      '"2006-1-02T15:04:05Z" as "2006-01-02T15:04:05Z07:00": cannot parse "1-02T15:04:05Z" as "01"',
    ],
    ['2006-01-02', '"2006-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2006-01-02 15:04:05Z', '"2006-01-02 15:04:05Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 15:04:05Z" as "T"'],
    ['2006-01-02T15:04:05', '"2006-01-02T15:04:05" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"'],
    [
      '2006-01-02T15:04:05+0200',
      '"2006-01-02T15:04:05+0200" as "2006-01-02T15:04:05Z07:00": cannot parse "+0200" as "Z07:00"',
    ],
    ['2006-13-02T15:04:05Z', '"2006-13-02T15:04:05Z": month out of range'],
    ['2006-02-30T15:04:05Z', '"2006-02-30T15:04:05Z": day out of range'],
    ['2006-01-00T15:04:05Z', '"2006-01-00T15:04:05Z": day out of range'],
    ['2006-01-02T24:04:05Z', '"2006-01-02T24:04:05Z": hour out of range'],
    ['2006-01-02T15:60:05Z', '"2006-01-02T15:60:05Z": minute out of range'],
    ['2006-01-02T15:04:60Z', '"2006-01-02T15:04:60Z": second out of range'],
    ['2006-01-02T15:04:05+25:00', '"2006-01-02T15:04:05+25:00": time zone offset hour out of range'],
    ['2006-01-02T15:04:05Zx', '"2006-01-02T15:04:05Zx": extra text: "x"'],
    [
      'é"\\\n',
      '"\\xc3\\xa9\\"\\\\\\x0a" as "2006-01-02T15:04:05Z07:00": cannot parse "\\xc3\\xa9\\"\\\\\\x0a" as "2006"',
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseTime(text)).toThrow(new ApiError('BadRequest', `parsing time ${message}`));
  });
});

describe('a MicroTime', () => {
  it.each([
    ['2006-01-02T15:04:05.123456Z', '2006-01-02T15:04:05.123456Z'],
    ['2006-01-02T15:04:05.000000+01:00', '2006-01-02T14:04:05.000000Z'],
    ['0001-01-01T00:00:00.000000Z', null],
  ])('%s is written %s', (text, written) => {
    expect(formatMicroTime(parseMicroTime(text))).toBe(written);
  });

  it.each([
    ['2006-01-02T15:04:05Z', 'cannot parse "Z" as ".000000"'],
    ['2006-01-02T15:04:05.123Z', 'cannot parse ".123Z" as ".000000"'],
    ['2006-01-02T15:04:05.1234567Z', 'cannot parse "7Z" as "Z07:00"'],
    ['12:00', 'cannot parse "12:00" as "2006"'],
  ])('%s is refused: exactly six digits', (text, why) => {
    const message = `parsing time "${text}" as "2006-01-02T15:04:05.000000Z07:00": ${why}`;
    expect(() => parseMicroTime(text)).toThrow(new ApiError('BadRequest', message));
  });
});

describe('an instant of a clock', () => {
  it('keeps milliseconds, before 1970 too', () => {
    expect(formatMicroTime(instantOf(1500))).toBe('1970-01-01T00:00:01.500000Z');
    expect(formatMicroTime(instantOf(-500))).toBe('1969-12-31T23:59:59.500000Z');
    expect(formatTime(instantOf(1_700_000_000_000))).toBe('2023-11-14T22:13:20Z');
  });
});
