import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { validateSchemaDefinition } from '../validate-schema-definition.ts';
import { defined, listOf, objectOf, ruled, text, told, whole, type Written } from './testing/ruled.ts';

const at = 'x.properties[a].x-kubernetes-validations[0]';

function shown(rule: JsonObject): string {
  const all = { Rule: '', Message: '', MessageExpression: '', Reason: null, FieldPath: '', OptionalOldSelf: null };
  return JSON.stringify({ ...all, ...rule });
}

function onText(rule: Written): readonly string[] {
  return defined({ a: ruled(text, rule) });
}

describe('a rule in a definition', () => {
  it('is accepted where it compiles to a bool', () => {
    expect(onText('self == "x"')).toEqual([]);
    expect(
      onText({ rule: 'self == oldSelf', messageExpression: '"not " + self', reason: 'FieldValueForbidden' }),
    ).toEqual([]);
  });

  it('is not looked into where nobody asks', () => {
    const schema = objectOf({ a: ruled(text, 'nonsense(') });
    expect(validateSchemaDefinition(schema, { path: 'x' })).toEqual([]);
  });

  it.each([
    [
      'self.b',
      "compilation failed: ERROR: <input>:1:5: type 'string' does not support field selection\n | self.b\n | ....^",
    ],
    [
      'other',
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other\n | ^",
    ],
    ['self', 'cel expression must evaluate to a bool'],
    [
      'math.greatest(1, 2) == 2',
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'math' (in container '')\n | math.greatest(1, 2) == 2\n | ^\nERROR: <input>:1:14: undeclared reference to 'greatest' (in container '')\n | math.greatest(1, 2) == 2\n | .............^",
    ],
  ])('is refused in the words of its compiler: %s', (rule, why) => {
    expect(onText(rule)).toEqual([`${at}.rule: Invalid value: ${shown({ Rule: rule })}: ${why}`]);
  });

  it('needs a message expression that makes a text', () => {
    const rule = { rule: 'self == ""', messageExpression: '1' };
    const value = shown({ Rule: 'self == ""', MessageExpression: '1' });
    expect(onText(rule)).toEqual([
      `${at}.messageExpression: Invalid value: ${value}: messageExpression must evaluate to a string`,
    ]);
    expect(onText({ ...rule, messageExpression: 'self +' })[0]).toContain(
      'messageExpression compilation failed: ERROR',
    );
  });

  it('may only ask for an optional oldSelf where it uses oldSelf', () => {
    expect(onText({ rule: 'self == ""', optionalOldSelf: true })).toEqual([
      `${at}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
    ]);
    expect(onText({ rule: 'self == oldSelf.orValue("")', optionalOldSelf: true })).toEqual([]);
  });

  it('is not compiled where the schema at or below it is wrong otherwise', () => {
    const errors = defined({ a: ruled(objectOf({ b: { type: 'string', uniqueItems: true } }), 'nonsense') });
    expect(errors).toEqual([
      'x.properties[a].properties[b].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    ]);
  });

  it('needs a type that expressions know', () => {
    const errors = defined({ a: ruled({ 'x-kubernetes-preserve-unknown-fields': true }, 'true') });
    expect(errors).toEqual([
      'x.properties[a].x-kubernetes-validations: Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
    ]);
  });

  it('sees names, kind and version at the root, and fields by their escaped names', () => {
    const schema = ruled(
      objectOf({ 'a-b': text, 'x.y': whole }),
      'self.metadata.name.size() > 0 && self.kind == "" && self.a__dash__b == "" && self.x__dot__y == 1',
      'self.metadata.labels == null',
    );
    const [error, ...more] = told(validateSchemaDefinition(schema, { path: 'x', rules: { isStored: false } }));
    expect(error).toContain("undefined field 'labels'");
    expect(more).toEqual([]);
  });
});

describe('oldSelf', () => {
  const below = ruled(whole, 'self >= oldSelf');

  it('has a meaning in items of lists with keys and in values of maps', () => {
    const keyed = listOf(objectOf({ k: text, v: below }, { required: ['k'] }), {
      maxItems: 5,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    });
    expect(defined({ keyed, map: { type: 'object', maxProperties: 5, additionalProperties: below } })).toEqual([]);
  });

  it('has none in items of other lists, and below them', () => {
    const why = (path: string): string =>
      `Invalid value: "self >= oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${path}`;
    const set = listOf(below, { maxItems: 5, 'x-kubernetes-list-type': 'set' });
    const deep = listOf(listOf(objectOf({ v: below }), { maxItems: 5 }), { maxItems: 5 });
    expect(defined({ deep, set })).toEqual([
      `x.properties[deep].items.items.properties[v].x-kubernetes-validations[0].rule: ${why('x.properties[deep]')}`,
      `x.properties[set].items.x-kubernetes-validations[0].rule: ${why('x.properties[set]')}`,
    ]);
  });
});
