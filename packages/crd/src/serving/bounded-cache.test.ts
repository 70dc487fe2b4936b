import { describe, expect, it } from '@jest/globals';
import { BoundedCache } from './bounded-cache.ts';
import { contentHash } from './content-hash.ts';

describe('a bounded cache', () => {
  it('forgets what was used longest ago', () => {
    const cache = new BoundedCache<object>(400);
    for (const name of ['a', 'b', 'c', 'd']) cache.set(name, { name }, { owner: name, bytes: 100 });
    cache.get('a');
    cache.set('e', {}, { owner: 'e', bytes: 100 });
    expect(['a', 'b', 'c', 'd', 'e'].filter((name) => cache.get(name) !== undefined)).toEqual(['a', 'c', 'd', 'e']);
  });

  it('lets no owner hold more than a quarter', () => {
    const cache = new BoundedCache<object>(400);
    cache.set('other', {}, { owner: 'quiet', bytes: 60 });
    for (let n = 0; n < 50; n += 1) cache.set(`n${n}`, {}, { owner: 'noisy', bytes: 30 });
    expect(cache.get('other')).toBeDefined();
    expect(cache.bytes).toBeLessThanOrEqual(60 + 100);
    expect(cache.get('n49')).toBeDefined();
  });

  it('does not keep what is larger than a share', () => {
    const cache = new BoundedCache<object>(400);
    cache.set('huge', {}, { owner: 'a', bytes: 101 });
    expect(cache.get('huge')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('counts a replaced value once', () => {
    const cache = new BoundedCache<object>(400);
    for (let n = 0; n < 10; n += 1) cache.set('same', {}, { owner: 'a', bytes: 50 });
    cache.set('next', {}, { owner: 'a', bytes: 50 });
    expect(cache.get('same')).toBeDefined();
    expect(cache.bytes).toBe(100);
  });
});

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
