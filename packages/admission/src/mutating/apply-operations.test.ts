import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { expressionEnvironment } from '../expression/environment.ts';
import { compileExpression } from '../expression/expression.ts';
import { applyOperations } from './apply-operations.ts';

const env = expressionEnvironment({ params: false, authorizer: false, patchTypes: true });
const document: JsonObject = { a: { b: '1' }, list: [1, 2] };

function after(...operations: readonly string[]): Json {
  const list = operations.map((operation) => `JSONPatch{${operation}}`).join(', ');
  const compiled = compileExpression(`[${list}]`, env, 'any');
  if (!compiled.ok) throw new Error(compiled.message);
  const outcome = compiled.program.run({});
  if (!outcome.ok) throw new Error(outcome.error.message);
  return applyOperations(document, outcome.value);
}

describe('the operations that an expression gave', () => {
  it.each([
    ['op: "add", path: "/a/c", value: {"d": [1]}', { ...document, a: { b: '1', c: { d: [1] } } }],
    ['op: "add", path: "/list/-", value: 3', { ...document, list: [1, 2, 3] }],
    ['op: "add", path: "/a", value: Object.a{b: "2"}', { ...document, a: { b: '2' } }],
    ['op: "remove", path: "/a"', { list: [1, 2] }],
    ['op: "replace", path: "/a/b", value: 9223372036854775807', { ...document, a: { b: 9223372036854775807n } }],
    ['op: "move", from: "/a/b", path: "/b"', { a: {}, list: [1, 2], b: '1' }],
    ['op: "copy", from: "/a/b", path: "/b"', { ...document, b: '1' }],
    ['op: "add", path: "/__proto__", value: "x"', JSON.parse('{"a":{"b":"1"},"list":[1,2],"__proto__":"x"}')],
  ])('%s', (operation, result) => {
    expect(after(operation)).toEqual(result);
  });

  it('are all taken back where a test does not hold', () => {
    expect(after('op: "remove", path: "/a"', 'op: "test", path: "/list/0", value: 2')).toBe(document);
    expect(after('op: "test", path: "/none", value: 2')).toBe(document);
    expect(after('op: "test", path: "/a/b", value: "1"', 'op: "remove", path: "/a"')).toEqual({ list: [1, 2] });
  });

  it.each([
    [
      'op: "remove", path: "/a/none"',
      `JSON Patch: error in remove for path: '/a/none': Unable to remove nonexistent key: none: missing value`,
    ],
    [
      'op: "add", path: "/none/a", value: 1',
      'JSON Patch: add operation does not apply: doc is missing path: "/none/a": missing value',
    ],
    ['op: "test", path: "/list/7/x", value: 1', 'doc is missing path: "/list/7/x"'],
    ['op: "fly", path: "/a"', 'unexpected operation: fly'],
    ['op: "add", path: "/x", value: int', 'evaluated to a type that could not marshal to JSON'],
    [
      'op: "add", path: "/x", value: Object.spec{inner: Object.other{}}',
      'type mismatch: unexpected type name "Object.other", expected "Object.spec.inner", which matches field name path from root Object type',
    ],
  ])('%s does not go', (operation, why) => {
    expect(() => after(operation)).toThrow(why);
  });

  it('leave the document as it was', () => {
    const before = JSON.stringify(document);
    after('op: "add", path: "/a/c", value: "x"', 'op: "remove", path: "/list/0"');
    expect(JSON.stringify(document)).toBe(before);
  });
});
