import { describe, expect, it } from '@jest/globals';
import { types } from '@kcp/cel';
import { expressionEnvironment, type ExpressionScope } from './environment.ts';
import { BOOL, compileExpression, TEXT_OR_NULL } from './expression.ts';

const bare: ExpressionScope = { params: false, authorizer: false };

function fault(expression: string, scope: Partial<ExpressionScope> = {}): string {
  const compiled = compileExpression(expression, expressionEnvironment({ ...bare, ...scope }), 'any');
  return compiled.ok ? 'fine' : (/: ([^:\n]*)(?:\n|$)/.exec(compiled.message.slice(28))?.[1] ?? compiled.message);
}

describe('the language of a policy', () => {
  it.each<[string, Partial<ExpressionScope>, string]>([
    ['object.a == oldObject.a', {}, 'fine'],
    ['request.userInfo.groups.all(g, g != "")', {}, 'fine'],
    ['request.none', {}, "undefined field 'none'"],
    ['namespaceObject.metadata.labels["a"] + "b"', {}, 'fine'],
    ['params.a', { params: true }, 'fine'],
    ['params.a', {}, "undeclared reference to 'params' (in container '')"],
    ['authorizer.path("/a").check("get").allowed()', { authorizer: true }, 'fine'],
    ['authorizer.requestResource.check("get").allowed()', { authorizer: true }, 'fine'],
    ['authorizer.path("/a")', {}, "undeclared reference to 'authorizer' (in container '')"],
    ['variables.a + 1', { variables: new Map([['a', types.int]]) }, 'fine'],
    ['variables.b', { variables: new Map([['a', types.int]]) }, "undefined field 'b'"],
    ['variables.b', {}, "undeclared reference to 'variables' (in container '')"],
    ['Object{spec: Object.spec{any: 1}}', { patchTypes: true }, 'fine'],
    ['Object{}', {}, "undeclared reference to 'Object' (in container '')"],
    ['JSONPatch{op: "add", path: jsonpatch.escapeKey("a/b"), value: 1}', { patchTypes: true }, 'fine'],
    ['JSONPatch{op: 1}', { patchTypes: true }, "expected type of field 'op' is 'string' but provided type is 'int'"],
  ])('%s in %j', (expression, scope, said) => {
    expect(fault(expression, scope)).toBe(said);
  });

  it('wants certain results', () => {
    const env = expressionEnvironment(bare);
    const said = (text: string, results: Parameters<typeof compileExpression>[2]): string => {
      const compiled = compileExpression(text, env, results);
      return compiled.ok ? String(compiled.type) : compiled.message;
    };
    expect(said('1', BOOL)).toBe('must evaluate to bool but got int');
    expect(said('object.a', BOOL)).toBe('must evaluate to bool but got dyn');
    expect(said('1', TEXT_OR_NULL)).toBe('must evaluate to one of [string null_type] but got int');
    expect(said('null', TEXT_OR_NULL)).toBe('null');
  });
});
