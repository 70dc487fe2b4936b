import { describe, expect, it } from '@jest/globals';
import { endingHeaders, fateOf, passedHeaders } from './passed-headers.ts';

describe('a header at the door', () => {
  it.each(endingHeaders)('ends: $name', ({ name, begins }) => {
    const sent = begins ? `${name}some-thing` : name;
    expect(
      passedHeaders([
        [sent, 'x'],
        ['accept', 'y'],
      ]),
    ).toEqual({ accept: 'y' });
  });

  it.each([
    'authorization',
    'accept',
    'content-type',
    'user-agent',
    'impersonate-user',
    'impersonate-extra-a',
    'audit-id',
    'if-none-match',
    'traceparent',
  ])('goes on: %s', (name) => {
    expect(fateOf(name)).toBe('passed');
  });

  it('ends where HTTP/2 wrote it', () => {
    expect([':path', ':authority', ':method'].map(fateOf)).toEqual(['dropped', 'dropped', 'dropped']);
  });

  it('keeps all its lines', () => {
    const lines = [
      ['impersonate-group', 'a'],
      ['accept', 'b'],
      ['impersonate-group', 'c'],
    ] as const;
    expect(passedHeaders(lines)).toEqual({ 'impersonate-group': ['a', 'c'], accept: 'b' });
  });

  it('may be called as what objects inherit', () => {
    const passed = passedHeaders([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.entries(passed)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(passed)).toBe(Object.prototype);
  });
});
