import { describe, expect, it } from '@jest/globals';
import type { Json } from '@kcp/api-machinery';
import { find, findFirst, PathError } from './find.ts';
import { printValue } from './print.ts';
import { readPath } from './read-path.ts';

const data: Json = {
  spec: {
    text: 'hello',
    list: ['x', 'y', 'z'],
    'dotted.key': { 'a/b': 1 },
    conditions: [
      { type: 'Synced', status: 'Unknown', n: 1 },
      { type: 'Ready', status: 'True', n: 2 },
      { type: "it's", status: 'odd', n: 3 },
    ],
    deep: { name: 'outer', inner: { name: 'inner' } },
    nothing: null,
  },
};

const all = (path: string): readonly Json[] => find(readPath(path), data);

describe('finding', () => {
  it.each<[string, readonly Json[]]>([
    ['.spec.text', ['hello']],
    ['.spec.a.b.c', []],
    ['.spec.nothing', [null]],
    ['.spec.list[0]', ['x']],
    ['.spec.list[-1]', ['z']],
    ['.spec.list[-2:]', ['y', 'z']],
    ['.spec.list[1:]', ['y', 'z']],
    ['.spec.list[0:3:2]', ['x', 'z']],
    ['.spec.list[0,2]', ['x', 'z']],
    ['.spec.list[*]', ['x', 'y', 'z']],
    ['.spec.dotted\\.key.a/b', [1]],
    [".spec['text']", ['hello']],
    ['.spec.conditions[?(@.type=="Ready")].status', ['True']],
    ["$.spec.conditions[?(@.type=='Ready')].status", ['True']],
    ['.spec.conditions[?(@.type=="it\'s")].status', ['odd']],
    ['.spec.conditions[?(@.n>1)].n', [2, 3]],
    ['.spec.conditions[?(@.n<=2)].type', ['Synced', 'Ready']],
    ['.spec.conditions[?(@.missing)].type', []],
    ['.spec.conditions[*].n', [1, 2, 3]],
    ['.spec..name', ['outer', 'inner']],
    ['.spec.deep.*', [{ name: 'inner' }, 'outer']],
  ])('%s', (path, expected) => {
    expect(all(path)).toEqual(expected);
  });

  it('says where a step does not fit', () => {
    expect(() => all('.spec.text[0]')).toThrow(PathError);
    expect(() => all('.spec.list[3]')).toThrow(PathError);
    expect(() => all('.spec.conditions[?(@.n=="one")]')).toThrow(PathError);
    expect(findFirst(readPath('.spec.list[3]'), data)).toBeUndefined();
  });

  it('sees own members only', () => {
    expect(find(readPath('.constructor.name'), {})).toEqual([]);
    expect(find(readPath('.__proto__.x'), JSON.parse('{"__proto__":{"x":1}}') as Json)).toEqual([1]);
  });
});

describe('reading', () => {
  it.each(['.a[', '.a[x]', '.a[?(@.b]', '.a[?(@.b=="c)]', '{.a}', '.a "b', 'range .items', '.a....b'])(
    'refuses %s',
    (path) => {
      expect(() => readPath(path)).toThrow(SyntaxError);
    },
  );

  it('refuses what is nested without end', () => {
    const nested = (depth: number): string => (depth === 0 ? '@.x' : `@.a[?(${nested(depth - 1)})]`);
    expect(() => readPath(`.a${'[?(@.b'.repeat(20)}${')]'.repeat(20)}`)).toThrow(SyntaxError);
    expect(readPath(`.a[?(${nested(0)})]`).nodes).toHaveLength(2);
  });
});

describe('printing', () => {
  it.each<[Json, string]>([
    ['text', 'text'],
    [7, '7'],
    [1.5, '1.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-07'],
    [9007199254740993n, '9007199254740993'],
    [true, 'true'],
    [null, '<no value>'],
    [{ b: 1, a: { c: [true] } }, '{"a":{"c":[true]},"b":1}'],
    [['<', '&'], '["\\u003c","\\u0026"]'],
  ])('%j', (value, expected) => {
    expect(printValue(value)).toBe(expected);
  });
});
