import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { compiledOf, listOf, objectOf, refused, ruled, text, whole, type Written } from './testing/ruled.ts';

/** What a rule on `spec.n`, a number, finds in 7. */
function onSeven(rule: Written): readonly string[] {
  return refused(objectOf({ spec: objectOf({ n: ruled(whole, rule) }) }), { spec: { n: 7 } });
}

/** What a rule on an object finds in it. */
function onSpec(
  rule: Written,
  spec: JsonObject,
  schema: JsonObject = objectOf({ n: whole, t: text }),
): readonly string[] {
  return refused(objectOf({ spec: ruled(schema, rule) }), { spec });
}

describe('a rule that does not hold', () => {
  it('names itself, or says its message', () => {
    expect(onSeven('self > 7')).toEqual(['spec.n: Invalid value: 7: failed rule: self > 7']);
    expect(onSeven({ rule: 'self > 7', message: ' too small ' })).toEqual(['spec.n: Invalid value: 7: too small']);
    expect(onSeven('self == 7')).toEqual([]);
  });

  it('computes its message where it can, and else says what is written', () => {
    const rule = { rule: 'self > 7', message: 'plain' };
    const said = (messageExpression: string): readonly string[] => onSeven({ ...rule, messageExpression });
    expect(said('"is " + string(self)')).toEqual(['spec.n: Invalid value: 7: is 7']);
    for (const unfit of ['"  "', '"a\\nb"', 'string(1 / (self - 7))']) {
      expect(said(unfit)).toEqual(['spec.n: Invalid value: 7: plain']);
    }
  });

  it('has the reason that it names', () => {
    const because = (reason: string): readonly string[] => onSeven({ rule: 'false', message: 'm', reason });
    expect(because('FieldValueForbidden')).toEqual(['spec.n: Forbidden: m']);
    expect(because('FieldValueRequired')).toEqual(['spec.n: Required value: m']);
    expect(because('FieldValueDuplicate')).toEqual(['spec.n: Duplicate value: 7']);
    expect(because('FieldValueInvalid')).toEqual(['spec.n: Invalid value: 7: m']);
  });

  it('prints no objects and lists', () => {
    expect(onSpec('false', { n: 1 })).toEqual(['spec: Invalid value: failed rule: false']);
    expect(onSpec({ rule: 'false', reason: 'FieldValueDuplicate' }, {})).toEqual(['spec: Duplicate value']);
  });

  it('points at the field that it names', () => {
    expect(onSpec({ rule: 'false', message: 'm', fieldPath: '.n' }, {})).toEqual(['spec.n: Invalid value: m']);
    const map = { type: 'object', additionalProperties: whole };
    const rule = { rule: 'false', message: 'm', fieldPath: ".m['a.b']" };
    expect(onSpec(rule, {}, objectOf({ m: map }))).toEqual(['spec.m[a.b]: Invalid value: m']);
  });

  it('has no field at the root', () => {
    expect(refused(ruled(objectOf({}), 'self.metadata.name == "b"'), { metadata: { name: 'a' } })).toEqual([
      '<nil>: Invalid value: failed rule: self.metadata.name == "b"',
    ]);
    expect(refused(ruled(objectOf({ a: text }), { rule: 'false', fieldPath: '.a' }), {})).toEqual([
      'a: Invalid value: failed rule: false',
    ]);
  });
});

describe('a rule that breaks down', () => {
  it('says what happened, and the type as value', () => {
    expect(onSpec('self.n / 0 == 1', { n: 1 })).toEqual([
      'spec: Invalid value: "object": division by zero evaluating rule: self.n / 0 == 1',
    ]);
    expect(onSpec('self.t == "x"', { n: 1 })).toEqual([
      'spec: Invalid value: "object": no such key: t evaluating rule: self.t == "x"',
    ]);
  });

  it('explains what no checker could see', () => {
    const schema = objectOf({ p: { 'x-kubernetes-int-or-string': true } });
    expect(onSpec({ rule: 'self.p < 10', message: 'm' }, { p: 'x' }, schema)).toEqual([
      `spec: Invalid value: "object": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: m`,
    ]);
  });

  it('lets the others run, unless it cost too much', () => {
    const numbers = Array.from({ length: 2_000 }, (_, i) => i);
    const costly = 'self.a.all(x, self.a.all(y, x + y >= 0))';
    const errors = refused(
      objectOf({
        spec: ruled(objectOf({ a: listOf(whole), n: ruled(whole, 'false') }), '1 / 0 == 1', costly, 'false'),
      }),
      { spec: { a: numbers, n: 1 } },
    );
    expect(errors).toEqual([
      'spec: Invalid value: "object": division by zero evaluating rule: 1 / 0 == 1',
      `spec: Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${costly}`,
    ]);
  });
});

describe('values', () => {
  it('that are null or absent have no rules', () => {
    const schema = objectOf({ a: ruled({ ...text, nullable: true }, 'false'), b: listOf(ruled(text, 'false')) });
    expect(refused(schema, { a: null, b: [] })).toEqual([]);
    expect(refused(schema, {})).toEqual([]);
  });

  it('are reached through lists and maps', () => {
    const schema = objectOf({
      l: listOf(objectOf({ m: { type: 'object', additionalProperties: ruled(whole, 'self > 0') } })),
    });
    expect(refused(schema, { l: [{ m: { a: 1 } }, { m: { 'b.c': 0, ['__proto__']: -1, constructor: -2 } }] })).toEqual([
      'l[1].m[b.c]: Invalid value: 0: failed rule: self > 0',
      'l[1].m[__proto__]: Invalid value: -1: failed rule: self > 0',
      'l[1].m[constructor]: Invalid value: -2: failed rule: self > 0',
    ]);
  });

  it('that the schema does not name are not seen', () => {
    const open = objectOf({ n: whole }, { 'x-kubernetes-preserve-unknown-fields': true });
    expect(onSpec('self.n == 1', { n: 1, more: 'x' }, open)).toEqual([]);
  });

  it('keep every digit', () => {
    expect(onSpec('self.n == 9223372036854775807', { n: 9223372036854775807n })).toEqual([]);
  });

  it('of embedded resources have a kind and names', () => {
    const embedded = objectOf(
      { spec: objectOf({ n: whole }) },
      { 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    );
    const rule = 'self.kind == "Pod" && self.metadata.name == "a"';
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
    expect(refused(objectOf({ t: ruled(embedded, rule) }), { t: pod })).toEqual([]);
    expect(refused(objectOf({ t: ruled(embedded, rule) }), { t: { ...pod, kind: 'Job' } })).toHaveLength(1);
  });
});

describe('a run', () => {
  it('pauses when it is told to, and goes on where it was', () => {
    const { rules } = compiledOf(objectOf({ l: listOf(ruled(whole, 'self > 0', 'self < 9')) }));
    const run = rules?.start({ l: [0, 5, 10] });
    let pauses = 0;
    while (run?.proceed(() => true) === false) pauses += 1;
    expect(pauses).toBeGreaterThan(6);
    expect(run?.findings.errors.map(({ field }) => field)).toEqual(['l[0]', 'l[2]']);
  });

  it('ends where all rules together cost more than a request may', () => {
    const rule = 'self.all(x, self.all(y, x + y >= 0))';
    const schema = objectOf({ l: listOf(ruled(listOf(whole), rule)) });
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    const errors = refused(schema, { l: Array.from({ length: 40 }, () => numbers) });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /^l\[\d+\]: Invalid value: "array": validation failed due to running out of cost budget, no further validation rules will be run$/,
    );
  });

  it('is not to be had where there are no rules, and its memory is counted where there are', () => {
    expect(compiledOf(objectOf({ a: text })).rules).toBeUndefined();
    const few = compiledOf(objectOf({ a: ruled(text, 'true') })).rules?.bytes ?? 0;
    const many = compiledOf(objectOf({ a: ruled(text, 'true', 'self == "a long text"') })).rules?.bytes ?? 0;
    expect(few).toBeGreaterThan(0);
    expect(many).toBeGreaterThan(2 * few);
  });
});

describe('a costly rule', () => {
  const quadratic = 'self.n.all(x, self.n.all(y, x + y >= 0))';
  const schema = (...rules: readonly Written[]): JsonObject =>
    objectOf({ spec: ruled(objectOf({ n: { type: 'array', items: whole } }), ...rules) });
  const object = { spec: { n: Array.from({ length: 200 }, (_, at) => at) } };

  /** The same in the smallest pieces. */
  function inPieces(rules: readonly Written[]): { pieces: number; refused: readonly string[]; remaining: number } {
    const run = compiledOf(schema(...rules)).rules?.start(object);
    if (run === undefined) throw new Error('the schema has no rules');
    let pieces = 1;
    while (!run.proceed(() => true)) pieces += 1;
    const refusals = run.findings.errors.map(({ field, message }) => `${field}: ${message}`);
    return { pieces, refused: refusals, remaining: run.remaining };
  }

  it('is computed in pieces, with its message', () => {
    const message = `${quadratic} ? "many" : ""`;
    const rules = [quadratic, { rule: `!${quadratic}`, messageExpression: message }, 'self.n.size() > 200'];
    const straight = refused(schema(...rules), object);
    const { pieces, refused: found, remaining } = inPieces(rules);
    expect(found).toEqual(straight);
    expect(found).toEqual(['spec: Invalid value: many', 'spec: Invalid value: failed rule: self.n.size() > 200']);
    expect(pieces).toBeGreaterThan(20);
    const once = compiledOf(schema(...rules)).rules?.start(object);
    once?.proceed(() => false);
    expect(remaining).toBe(once?.remaining);
  });

  it('ends all rules where it is too costly, in pieces too', () => {
    const rules = ['self.n.all(x, self.n.all(y, self.n.all(z, x + y + z >= 0)))', 'false'];
    const straight = refused(schema(...rules), object);
    expect(inPieces(rules).refused).toEqual(straight);
    expect(straight).toEqual([expect.stringMatching(/call cost exceeds limit for rule/)]);
  });
});
