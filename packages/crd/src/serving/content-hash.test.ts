import { describe, expect, it } from '@jest/globals';
import { contentHash } from './content-hash.ts';

describe('a content hash', () => {
  it('does not see the order of keys', () => {
    expect(contentHash({ a: 1, b: { c: [1, 2], d: null } })).toEqual(contentHash({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it('sees everything else', () => {
    const values = [
      {},
      [],
      null,
      '',
      '{}',
      0,
      false,
      { a: [] },
      { a: {} },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: 10n ** 18n },
    ];
    expect(new Set(values.map((value) => contentHash(value).hash)).size).toBe(values.length);
  });

  it('hashes in pieces what it hashes as a whole', () => {
    const long = 'x'.repeat(70_000);
    expect(contentHash([long, long]).length).toBe(2 * 70_000 + 7);
    expect(contentHash({ __proto__x: 1 }).hash).not.toBe(contentHash({}).hash);
  });
});
