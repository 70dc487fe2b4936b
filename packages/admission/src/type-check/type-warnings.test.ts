import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { kindSchema } from './kind-schema.ts';
import { typeWarnings } from './type-warnings.ts';

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const schemas = {
  Meta: { type: 'object', properties: { name: { type: 'string' } } },
  Gear: {
    type: 'object',
    properties: {
      metadata: { description: 'told', allOf: [ref('Meta')] },
      size: { type: 'integer' },
      made: { type: 'string', format: 'date-time' },
      port: { type: 'string', format: 'int-or-string' },
      any: { type: 'object' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      inner: ref('Gear'),
      teeth: { type: 'array', items: ref('Meta') },
    },
  },
};
const gears = {
  kind: { group: 'x.io', version: 'v1', kind: 'Gear' },
  definitions: { name: 'Gear', schemas },
};
const wheels = {
  kind: { group: 'x.io', version: 'v1', kind: 'Wheel' },
  definitions: { name: 'Wheel', schemas: { Wheel: { type: 'object', properties: { spokes: { type: 'integer' } } } } },
};
const spec = (...expressions: readonly string[]): JsonObject => ({
  validations: expressions.map((expression) => ({ expression })),
});

describe('type warnings', () => {
  it.each([
    'object.metadata.name == "a" && object.size > 1',
    'object.made < timestamp("2020-01-01T00:00:00Z")',
    'object.port == 80 || object.port == "http"',
    'object.any.thing.goes',
    'object.labels["a"] == "b"',
    'object.inner.inner.anything',
    'object.teeth.all(t, t.name != "")',
    'oldObject == null || oldObject.size == object.size',
  ])('none for %s', (expression) => {
    expect(typeWarnings({ spec: spec(expression), kinds: [gears] })).toEqual([]);
  });

  it('say where, for which kind, and what', () => {
    const warnings = typeWarnings({ spec: spec('object.size > 1'), kinds: [gears, wheels] });
    expect(warnings).toEqual([
      {
        fieldRef: 'spec.validations[0].expression',
        warning: "x.io/v1, Kind=Wheel: ERROR: <input>:1:7: undefined field 'size'\n | object.size > 1\n | ......^\n",
      },
    ]);
  });

  it('look through variables and at messages and parameters', () => {
    const policy = {
      paramKind: { apiVersion: 'x.io/v1', kind: 'Wheel' },
      variables: [
        { name: 'size', expression: 'object.size' },
        { name: 'wrong', expression: 'object.none' },
      ],
      validations: [
        { expression: 'variables.size == "x"', messageExpression: 'object.none' },
        { expression: 'params.spokes > 1 && variables.wrong' },
        { expression: 'params.none' },
      ],
    };
    const refs = typeWarnings({ spec: policy, kinds: [gears], params: wheels.definitions }).map(
      (each) => each.fieldRef,
    );
    expect(refs).toEqual([
      'spec.validations[0].expression',
      'spec.validations[0].messageExpression',
      'spec.validations[2].expression',
    ]);
  });

  it('are none where nothing is known of the kind', () => {
    expect(kindSchema({ name: 'None', schemas: {} })).toBeUndefined();
    const unknown = { ...gears, definitions: { name: 'None', schemas: {} } };
    expect(typeWarnings({ spec: spec('object.x'), kinds: [unknown] })).toEqual([]);
    expect(typeWarnings({ spec: spec('object.x'), kinds: [] })).toEqual([]);
  });
});
