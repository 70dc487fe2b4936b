import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { created, established, exampleBody, exampleVersion } from '../testing/example-definition.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { schemaFaults } from './non-structural.ts';
import { validateDefinition, validateDefinitionUpdate } from './validate-definition.ts';

const costly = 'self.all(x, self.all(y, self.all(z, x + y != z)))';

function withList(rule: string, more: JsonObject = {}): CustomResourceDefinition {
  const rules = [{ rule, message: 'm' }];
  const list = { type: 'array', maxItems: 150, items: { type: 'integer' }, 'x-kubernetes-validations': rules };
  return established(
    exampleBody(({ spec }) => {
      spec['versions'] = [exampleVersion('v1', { list }, { storage: true, ...more })];
    }),
  );
}

function fields(errors: readonly { readonly field: string; readonly message: string }[]): readonly string[] {
  return errors.map(({ field, message }) => `${field}: ${message.replace(/^.*?: /s, '').slice(0, 30)}`);
}

const at = 'spec.validation.openAPIV3Schema.properties[spec].properties[list].x-kubernetes-validations[0].rule';

describe('rules of a definition', () => {
  it('are compiled and costed when it is written', () => {
    expect(validateDefinition(withList('self.size() > 0'))).toEqual([]);
    expect(fields(validateDefinition(withList('self.sise() > 0')))[0]).toContain(at);
    expect(fields(validateDefinition(withList(costly)))).toEqual([`${at}: estimated rule cost exceeds bu`]);
  });

  it('are told by version where there are several', () => {
    const body = exampleBody(({ spec }) => {
      const wrong = { type: 'string', 'x-kubernetes-validations': [{ rule: 'self' }] };
      spec['versions'] = [exampleVersion('v1', {}, { storage: true }), exampleVersion('v2', { wrong }, {})];
    });
    expect(validateDefinition(created(body)).map(({ field }) => field)).toEqual([
      'spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[wrong].x-kubernetes-validations[0].rule',
    ]);
  });

  it('that were stored are not refused for their cost where only something else changes', () => {
    const old = withList(costly);
    const columns = [{ name: 'A', type: 'string', jsonPath: '.spec.list' }];
    expect(validateDefinitionUpdate(withList(costly, { additionalPrinterColumns: columns }), old)).toEqual([]);
    expect(validateDefinitionUpdate(withList(`${costly} && true`), old)).toHaveLength(1);
  });

  it('say nothing about the structure', () => {
    expect(schemaFaults(withList('nonsense(').spec)).toEqual([]);
  });
});
