import { describe, expect, it } from '@jest/globals';
import { array, assert as assertProperty, constantFrom, property } from 'fast-check';
import { compile } from './compile.ts';
import { estimateCost } from './cost/estimate.ts';
import { kubernetesEnvironment } from './kubernetes/environment.ts';
import type { Outcome } from './run/program.ts';
import { declareSchema } from './schema/declare.ts';
import { valueFromJson } from './schema/from-json.ts';
import type { Schema } from './schema/schema.ts';
import { declaredSizes } from './schema/size.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    a: { type: 'integer' },
    b: { type: 'integer' },
    f: { type: 'number' },
    text: { type: 'string', maxLength: 20 },
    at: { type: 'string', format: 'date-time' },
    raw: { type: 'string', format: 'byte' },
    port: { 'x-kubernetes-int-or-string': true },
    namespace: { type: 'string' },
    'a-b': { type: 'string' },
    list: { type: 'array', maxItems: 150, items: { type: 'integer' } },
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    dict: { type: 'object', additionalProperties: { type: 'integer' } },
    keyed: {
      type: 'array',
      items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    },
  },
};
const provider = declareSchema(schema, 'Self', false);
const { root } = provider;
if (root === undefined) throw new Error('the schema declares no type');
const env = kubernetesEnvironment.extend({
  provider,
  variables: [
    { name: 'self', type: root.type },
    { name: 'oldSelf', type: root.type },
  ],
});

type Data = Parameters<typeof valueFromJson>[0];

function run(expression: string, self: Data, old: Data = {}, costLimit = 1_000_000): Outcome {
  const compiled = compile(expression, env);
  if (!compiled.ok) throw new Error(compiled.text);
  const bindings = { self: valueFromJson(self, root), oldSelf: valueFromJson(old, root) };
  return compiled.compilation.program.run(bindings, { costLimit });
}

describe('rules over schemas', () => {
  it.each<[string, Data]>([
    ['self.a <= self.b', { a: 1, b: 2 }],
    ['self.a == 9223372036854775807', { a: 9223372036854775807n }],
    ['self.f > self.a && self.f == 2.0', { f: 2, a: 1 }],
    ['self.at.getFullYear() == 2024', { at: '2024-01-01T00:00:00Z' }],
    ['self.raw == b"abc"', { raw: 'YWJj' }],
    ['type(self.port) == int ? self.port < 5 : self.port == "50%"', { port: '50%' }],
    ['self.namespace == "x" && self.__namespace__ == "x"', { namespace: 'x' }],
    ['self.a__dash__b == "x"', { 'a-b': 'x' }],
    ['!has(self.a) && has(self.b)', { b: 1 }],
    ['self.set == ["y", "x"] && (self.set + ["x", "z"]).size() == 3', { set: ['x', 'y'] }],
    ['self.dict.all(k, self.dict[k] > 0) && "__proto__" in self.dict', JSON.parse('{"dict": {"__proto__": 1}}')],
    ['!("constructor" in self.dict)', { dict: {} }],
    ['self.?a.orValue(7) == 7', {}],
    ['(self.keyed + self.keyed).size() == 1', { keyed: [{ k: 'a', v: 1 }] }],
  ])('%s', (expression, self) => {
    expect(run(expression, self)).toMatchObject({ ok: true, value: true });
  });

  it.each([
    ['self.missing == 1', "ERROR: <input>:1:5: undefined field 'missing'\n | self.missing == 1\n | ....^"],
    ['other > 1', "ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other > 1\n | ^"],
    [
      'self.text + 1 == 2',
      "ERROR: <input>:1:11: found no matching overload for '_+_' applied to '(string, int)'\n | self.text + 1 == 2\n | ..........^",
    ],
    ['has(self)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(self)\n | ....^'],
    [
      'self.text.matches("(a")',
      'ERROR: <input>:1:19: invalid matches argument\n | self.text.matches("(a")\n | ..................^',
    ],
    [
      'self.a in [1, "2"]',
      "ERROR: <input>:1:15: expected type 'int' but found 'string'\n | self.a in [1, \"2\"]\n | ..............^",
    ],
    ["'é' == ü", "ERROR: <input>:1:8: Syntax error: token recognition error at: 'ü'\n | 'é' == ü\n | .．.....＾"],
  ])('%s is refused with the place of the error', (expression, text) => {
    const compiled = compile(expression, env);
    expect(compiled.ok ? '' : compiled.text.split('\nERROR')[0]).toBe(text);
  });

  it('says what failed at run time', () => {
    expect(run('self.a == 1', {})).toMatchObject({
      ok: false,
      error: { reason: 'evaluation', message: 'no such key: a' },
    });
    expect(run('1 / (self.a - 1) == 0', { a: 1 })).toMatchObject({ error: { message: 'division by zero' } });
  });
});

describe('cost', () => {
  const list = Array.from({ length: 100 }, (_, i) => i);

  it.each<[string, number]>([
    ['self.a == 1', 3],
    ['has(self.list)', 1],
    ['[1, 2, 3].all(x, true)', 20],
    ['2 in [1, 2, 3]', 13],
    ['"12345678901234567890" == "123456789012345678901234567890"', 2],
    ['"123".matches("[0-9]")', 2],
    ['self.list.all(x, x >= 0)', 2 + 100 * 5 + 1],
  ])('%s costs %d', (expression, cost) => {
    expect(run(expression, { a: 1, list })).toMatchObject({ ok: true, cost });
  });

  it('ends a run that goes beyond its limit, and nothing absorbs that', () => {
    const nested = 'self.list.all(x, self.list.all(y, x + y >= 0)) || true';
    expect(run(nested, { list }, {}, 1000)).toMatchObject({ ok: false, error: { reason: 'budget' } });
  });

  it('is bounded by the estimate', () => {
    const expressions = [
      'self.list.all(x, self.list.exists(y, y == x))',
      'self.text.contains("abc") && self.text.startsWith("a")',
      'self.list.map(x, x * 2).filter(x, x > 3).size() > 1',
      'self.list.exists_one(x, x == 3)',
      '[self.a, self.b].isSorted()',
    ];
    for (const expression of expressions) {
      const compiled = compile(expression, env);
      if (!compiled.ok || compiled.compilation.checked === undefined) throw new Error(expression);
      const { expr, checked } = compiled.compilation;
      const estimated = estimateCost(expr, checked, declaredSizes(root));
      const actual = run(expression, { list, a: 1, b: 2, text: 'abcabc' });
      expect(actual.cost).toBeLessThanOrEqual(estimated.max);
    }
  });
});

describe('bounds', () => {
  it.each([
    ['('.repeat(300) + '1' + ')'.repeat(300)],
    ['1' + '+1'.repeat(300)],
    ['self' + '.a'.repeat(300)],
    ['['.repeat(5000)],
    ['"x" + '.repeat(20_000) + '"x"'],
  ])('an expression that is too deep or too long is an issue, not a crash', (expression) => {
    expect(compile(expression, env).ok).toBe(false);
  });

  it('a pattern that would take for ever takes no time', () => {
    expect(run(`"${'a'.repeat(5000)}!".matches("^(a+)+$")`, {})).toMatchObject({ ok: true, value: false });
  });

  it('whatever is compiled, nothing is thrown', () => {
    const pieces = [
      'self',
      '.a',
      '.list',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '1',
      '"x"',
      ' + ',
      ' && ',
      '?',
      ':',
      '.all(x, ',
      'has(',
      ',',
      '!',
      '-',
    ];
    const text = array(constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));
    assertProperty(
      property(text, (expression) => {
        const compiled = compile(expression, env);
        if (compiled.ok)
          compiled.compilation.program.run({ self: valueFromJson({ a: 1, list: [1, 2] }, root) }, { costLimit: 1000 });
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('deep nesting', () => {
  it.each([
    ['all', (inner: string, i: number) => `[1].all(v${i}, ${inner})`, 'true', true],
    ['map', (inner: string, i: number) => `[1].map(v${i}, v${i} > 0, ${inner}.size())`, '[1]', undefined],
    ['exists_one', (inner: string, i: number) => `[1].exists_one(v${i}, ${inner})`, 'true', true],
  ])(
    'of %s is compiled in time that grows with its length, not with two to its depth',
    (_name, around, innermost, value) => {
      let text = innermost;
      for (let i = 0; i < 40; i += 1) text = around(text, i);
      const result = compile(text, kubernetesEnvironment);
      if (!result.ok) throw new Error(result.text);
      const outcome = result.compilation.program.run({});
      expect(outcome.ok).toBe(true);
      if (value !== undefined) expect(outcome).toMatchObject({ value });
    },
  );
});

describe('a run that takes too long', () => {
  it('is ended when the clock says so, and nothing absorbs that', () => {
    const result = compile(
      '[1, 2, 3, 4, 5, 6, 7, 8, 9].all(x, [1, 2, 3].all(y, x + y > 0)) || true',
      kubernetesEnvironment,
    );
    if (!result.ok) throw new Error(result.text);
    const { program } = result.compilation;
    expect(program.run({}, { isOver: () => false })).toMatchObject({ ok: true, value: true });
    expect(program.run({}, { isOver: () => true })).toMatchObject({
      ok: false,
      error: { reason: 'budget', message: 'operation interrupted' },
    });
  });
});
