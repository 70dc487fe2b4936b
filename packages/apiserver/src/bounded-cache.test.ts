import { describe, expect, it } from '@jest/globals';
import { BoundedCache } from './bounded-cache.ts';

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

  it('says what it keeps without counting that as a use', () => {
    const cache = new BoundedCache<object>(400);
    for (const name of ['a', 'b', 'c', 'd']) cache.set(name, { name }, { owner: name, bytes: 100 });
    expect([cache.has('a'), cache.has('x')]).toEqual([true, false]);
    cache.set('e', {}, { owner: 'e', bytes: 100 });
    expect(cache.has('a')).toBe(false);
  });

  it('counts a replaced value once', () => {
    const cache = new BoundedCache<object>(400);
    for (let n = 0; n < 10; n += 1) cache.set('same', {}, { owner: 'a', bytes: 50 });
    cache.set('next', {}, { owner: 'a', bytes: 50 });
    expect(cache.get('same')).toBeDefined();
    expect(cache.bytes).toBe(100);
  });
});
