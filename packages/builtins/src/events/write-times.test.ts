import { describe, expect, it } from '@jest/globals';
import { decodeTimes, encodeTimes, noteWrites, writtenBy, type WriteTime } from './write-times.ts';

const times: readonly WriteTime[] = [
  { at: 100, revision: 5 },
  { at: 200, revision: 9 },
  { at: 300, revision: 10 },
];

describe('a note of write times', () => {
  it('is made where something was written since the last one', () => {
    expect(noteWrites([], { now: 100, revision: 5, before: 0 })).toEqual([{ at: 100, revision: 5 }]);
    expect(noteWrites(times, { now: 400, revision: 12, before: 0 })).toEqual([...times, { at: 400, revision: 12 }]);
    expect(noteWrites(times, { now: 400, revision: 10, before: 0 })).toEqual(times);
    expect(noteWrites([], { now: 400, revision: 0, before: 0 })).toEqual([]);
  });
  it('is kept as long as it is the newest of the old ones, or not old', () => {
    expect(noteWrites(times, { now: 400, revision: 10, before: 199 })).toEqual(times);
    expect(noteWrites(times, { now: 400, revision: 10, before: 200 })).toEqual(times.slice(1));
    expect(noteWrites(times, { now: 400, revision: 11, before: 350 })).toEqual([
      { at: 300, revision: 10 },
      { at: 400, revision: 11 },
    ]);
  });
  it('from the future is forgotten: what it told of counts as written now', () => {
    expect(noteWrites(times, { now: 150, revision: 10, before: 0 })).toEqual([
      { at: 100, revision: 5 },
      { at: 150, revision: 10 },
    ]);
  });
});

describe('what was written by a time', () => {
  it('is known no finer than it was noted, and never too early', () => {
    expect([0, 99, 100, 199, 200, 299, 300, 1000].map((time) => writtenBy(times, time))).toEqual([
      0, 0, 5, 5, 9, 9, 10, 10,
    ]);
  });
});

describe('stored notes', () => {
  it('are read back', () => {
    expect(decodeTimes({ times: encodeTimes(times) })).toEqual(times);
  });
  it.each([
    {},
    { times: 'soon' },
    { times: [{ at: 'now', revision: 1 }] },
    { times: [{ at: 1 }] },
    {
      times: [
        { at: 2, revision: 2 },
        { at: 1, revision: 3 },
      ],
    },
    {
      times: [
        { at: 1, revision: 2 },
        { at: 2, revision: 2 },
      ],
    },
  ])('that nobody wrote like that count as none: %j', (object) => {
    expect(decodeTimes(object)).toEqual([]);
  });
});
