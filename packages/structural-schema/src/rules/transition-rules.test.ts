import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { listOf, objectOf, refused, ruled, text, told, ruledOn, whole } from './testing/ruled.ts';

const grows = ruled(whole, { rule: 'self >= oldSelf', message: 'may not shrink' });
const keyed = listOf(objectOf({ k: text, v: grows }), {
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['k'],
});

describe('a transition rule', () => {
  const schema = objectOf({ n: grows, map: { type: 'object', additionalProperties: grows }, keyed });

  it('runs on updates alone, and where there is an old value', () => {
    expect(refused(schema, { n: 1 })).toEqual([]);
    expect(refused(schema, { n: 1 }, {})).toEqual([]);
    expect(refused(schema, { n: 1 }, { n: null })).toEqual([]);
    expect(refused(schema, { n: 1 }, { n: 2 })).toEqual(['n: Invalid value: 1: may not shrink']);
  });

  it('matches values of maps and items of lists by their keys', () => {
    const old = {
      map: { a: 5, b: 5 },
      keyed: [
        { k: 'a', v: 5 },
        { k: 'b', v: 5 },
      ],
    };
    const next = {
      map: { b: 6, c: 0, a: 4 },
      keyed: [
        { k: 'b', v: 6 },
        { k: 'c', v: 0 },
        { k: 'a', v: 4 },
      ],
    };
    expect(refused(schema, next, old)).toEqual([
      'map[a]: Invalid value: 4: may not shrink',
      'keyed[2].v: Invalid value: 4: may not shrink',
    ]);
  });

  it('is not softened where nothing changed', () => {
    const moving = objectOf({ n: ruled(whole, { rule: 'self != oldSelf', message: 'must change' }) });
    expect(refused(moving, { n: 1 }, { n: 1 })).toEqual(['n: Invalid value: 1: must change']);
  });

  it('runs on create too where it takes oldSelf as optional', () => {
    const rule = 'oldSelf.hasValue() ? self == oldSelf.value() : self == "first"';
    const once = objectOf({ a: ruled(text, { rule, optionalOldSelf: true, message: 'm' }) });
    const errors = (now: string, old?: JsonObject): readonly string[] => refused(once, { a: now }, old);
    expect(errors('first')).toEqual([]);
    expect(errors('second')).toEqual(['a: Invalid value: "second": m']);
    expect(errors('second', {})).toHaveLength(1);
    expect(errors('second', { a: 'second' })).toEqual([]);
    expect(errors('first', { a: 'second' })).toHaveLength(1);
  });

  it('compares sets without their order', () => {
    const set = listOf(text, { 'x-kubernetes-list-type': 'set' });
    const fixed = objectOf({ s: ruled(set, { rule: 'self == oldSelf', message: 'fixed' }) });
    expect(refused(fixed, { s: ['a', 'b'] }, { s: ['b', 'a'] })).toEqual([]);
    expect(refused(fixed, { s: ['a', 'c'] }, { s: ['b', 'a'] })).toEqual(['s: Invalid value: fixed']);
  });
});

describe('what was wrong before', () => {
  const bad = ruled(text, { rule: 'self != "bad"', message: 'is bad' });
  const schema = objectOf({
    spec: ruled(
      objectOf({
        a: bad,
        n: whole,
        plain: listOf(objectOf({ a: bad })),
        keyed: listOf(objectOf({ a: bad, k: text, o: whole }), {
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
        }),
      }),
      { rule: '!has(self.n) || self.n < 5', message: 'n is large' },
    ),
  });
  const after = (spec: JsonObject, old: JsonObject): { errors: readonly string[]; warnings: readonly string[] } => {
    const { errors, warnings } = ruledOn(schema, { spec }, { spec: old });
    return { errors: told(errors), warnings };
  };

  it('is a warning where it did not change', () => {
    expect(after({ a: 'bad', n: 1 }, { a: 'bad' })).toEqual({
      errors: [],
      warnings: ['spec.a: Invalid value: "bad": is bad'],
    });
    expect(after({ n: 9 }, { n: 9 })).toEqual({ errors: [], warnings: ['spec: Invalid value: n is large'] });
  });

  it('is refused where the value that the rule looks at changed', () => {
    expect(after({ n: 9 }, { n: 8 }).errors).toEqual(['spec: Invalid value: n is large']);
    expect(after({ a: 'bad' }, { a: 'good' }).errors).toEqual(['spec.a: Invalid value: "bad": is bad']);
    expect(after({ a: 'bad' }, {}).errors).toHaveLength(1);
  });

  it('in a plain list counts with the whole list', () => {
    const list = [{ a: 'bad' }, { a: 'fine' }];
    expect(after({ plain: list, n: 2 }, { plain: list, n: 1 })).toMatchObject({ errors: [] });
    expect(after({ plain: [{ a: 'bad' }, { a: 'other' }] }, { plain: list }).errors).toEqual([
      'spec.plain[0].a: Invalid value: "bad": is bad',
    ]);
  });

  it('in a list with keys counts by the item, wherever it stands', () => {
    const old = [
      { k: 'x', a: 'bad' },
      { k: 'y', a: 'fine' },
    ];
    const next = [
      { k: 'z', a: 'fine' },
      { k: 'x', a: 'bad', o: 3 },
    ];
    expect(after({ keyed: next }, { keyed: old })).toEqual({
      errors: [],
      warnings: ['spec.keyed[1].a: Invalid value: "bad": is bad'],
    });
  });

  it('in the type is never taken for unchanged', () => {
    const root = objectOf({ kind: ruled(text, 'self == "B"') });
    expect(refused(root, { kind: 'A' }, { kind: 'A' })).toEqual(['kind: Invalid value: "A": failed rule: self == "B"']);
  });
});
