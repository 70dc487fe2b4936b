import { describe, expect, it } from '@jest/globals';
import { compileSchema } from './compile-schema.ts';
import type { CompiledSchema } from './compile-schema.ts';
import { parseSchema } from './parse-schema.ts';
import { SchemaCache } from './schema-cache.ts';

function make(maxLength: number): CompiledSchema {
  const { schema } = parseSchema({ type: 'object', properties: { a: { type: 'string', maxLength } } });
  if (schema === undefined) throw new Error('no schema');
  return compileSchema(schema);
}

describe('the cache of compiled schemas', () => {
  it('compiles equal schemas once', () => {
    const cache = new SchemaCache({ maxBytes: 1e6 });
    const [one, two] = [make(1), make(1)];
    expect(cache.get(one.fingerprint, () => one)).toBe(one);
    expect(cache.get(two.fingerprint, () => two)).toBe(one);
    expect(cache.size).toBe(1);
  });
  it('drops what was used longest ago', () => {
    const [first, second, third] = [make(1), make(2), make(3)];
    const cache = new SchemaCache({ maxBytes: first.weight * 8 * 2 });
    for (const compiled of [first, second, first, third]) cache.get(compiled.fingerprint, () => compiled);
    const again = make(2);
    expect(cache.get(first.fingerprint, () => again)).toBe(first);
    expect(cache.get(second.fingerprint, () => again)).toBe(again);
    expect(cache.bytes).toBeLessThanOrEqual(first.weight * 8 * 2);
  });
  it('keeps nothing that is larger than all it may hold', () => {
    const cache = new SchemaCache({ maxBytes: 10 });
    expect(cache.get('x', () => make(1)).schema.type).toBe('object');
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });
});
