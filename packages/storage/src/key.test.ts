import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, property, string } from 'fast-check';
import { assertScope, compareKeys, scopeOfPrefix, scopesOf } from './key.ts';

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes', () => {
    const texts = string({
      unit: constantFrom('', '-', '/', 'a', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}'),
    });
    assert(
      property(texts, texts, (left, right) => {
        expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

describe('the scopes of a key', () => {
  it('are its resource and its cluster in it', () => {
    expect(scopesOf('/apps/deployments/root:a/ns/x')).toEqual({
      resource: '/apps/deployments/',
      cluster: '/apps/deployments/root:a/',
    });
    expect(scopesOf('//pods/c/x')).toEqual({ resource: '//pods/', cluster: '//pods/c/' });
  });

  it('of a prefix are the narrowest that hold it', () => {
    expect(['', '/', '/g/', '/g/r', '/g/r/', '/g/r/c', '/g/r/c/', '/g/r/c/n/x'].map(scopeOfPrefix)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      '/g/r/',
      '/g/r/',
      '/g/r/c/',
      '/g/r/c/',
    ]);
  });

  it('are told from other texts', () => {
    for (const scope of ['/g/r/', '/g/r/c/', '//r/', '//r/c/']) expect(() => assertScope(scope)).not.toThrow();
    for (const text of ['', '/', '/g/r', '/g/r/c', '/g/r/c/x']) expect(() => assertScope(text)).toThrow(TypeError);
  });
});
