import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { defined, listOf, objectOf, ruled, text, whole } from './testing/ruled.ts';

const positive = ruled(whole, { rule: 'self > 0', message: 'too small' });

describe('a default', () => {
  it('must keep the rules of its node, and of what is in it', () => {
    expect(defined({ a: { ...positive, default: 1 } })).toEqual([]);
    expect(defined({ a: { ...positive, default: 0 } })).toEqual([
      'x.properties[a].default: Invalid value: 0: too small',
    ]);
    expect(defined({ a: { ...objectOf({ b: listOf(positive, { maxItems: 9 }) }), default: { b: [3, -1] } } })).toEqual([
      'x.properties[a].default.b[1]: Invalid value: -1: too small',
    ]);
  });

  it('is looked at as a value that stays, then as one that is new', () => {
    const rule = { rule: 'self == oldSelf.orValue("x")', optionalOldSelf: true, message: 'm' };
    expect(defined({ a: { ...ruled(text, rule), default: 'x' } })).toEqual([]);
    expect(defined({ a: { ...ruled(text, rule), default: 'y' } })).toEqual([
      'x.properties[a].default: Invalid value: "y": m',
    ]);
    const moving = ruled(text, { rule: 'self != oldSelf', message: 'stays' });
    expect(defined({ a: { ...moving, default: 'x' } })).toEqual(['x.properties[a].default: Invalid value: "x": stays']);
  });

  it('of another type has no rules', () => {
    expect(defined({ a: { ...positive, default: 'x' } })).toEqual([
      'x.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"',
    ]);
  });

  it('shares its budget with the others', () => {
    const rule = 'self.all(x, self.all(y, x + y >= 0))';
    const numbers = Array.from({ length: 330 }, (_, i) => i);
    const costly: JsonObject = { ...ruled(listOf(whole, { maxItems: 330 }), rule), default: numbers };
    const errors = defined(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`a${i}`, costly])));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/default: Invalid value: "array": validation failed due to running out of cost budget/);
  });
});
