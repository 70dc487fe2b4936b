import type { JsonObject } from '@kcp/api-machinery';
import { describe, expect, it } from '@jest/globals';
import { apiResourceSchema } from './api-resource-schema.ts';

const version = { name: 'v1', served: true, storage: true };
const definition = (spec: JsonObject = {}): JsonObject => ({
  metadata: { name: 'gadgets.x.io' },
  spec: { group: 'x.io', scope: 'Cluster', names: { kind: 'Gadget', plural: 'gadgets' }, versions: [version], ...spec },
});
const specOf = (spec: JsonObject = {}) => apiResourceSchema(definition(spec), 'today')['spec'];

describe('the schema of a definition', () => {
  it('is named behind a prefix', () => {
    expect(apiResourceSchema(definition(), 'today')['metadata']).toEqual({ name: 'today.gadgets.x.io' });
    expect(() => apiResourceSchema(definition(), 'To Day')).toThrow(
      'metadata.name: Invalid value: "To Day.gadgets.x.io"',
    );
  });

  it('has the names that the definition leaves to the server', () => {
    expect(specOf()).toMatchObject({
      names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
    });
    const names = {
      kind: 'Gadget',
      plural: 'gadgets',
      singular: 'g',
      listKind: 'Gs',
      shortNames: ['gd'],
      categories: ['all'],
    };
    expect(specOf({ names })).toMatchObject({ names });
  });

  it('has all of a version', () => {
    const full = {
      ...version,
      deprecated: true,
      deprecationWarning: 'old',
      additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.a' }],
      selectableFields: [{ jsonPath: '.spec.a' }],
      subresources: { status: {} },
    };
    const schema = { type: 'object' };
    expect(specOf({ versions: [{ ...full, schema: { openAPIV3Schema: schema } }] })).toMatchObject({
      versions: [{ ...full, schema }],
    });
    expect(specOf()).toMatchObject({ versions: [{ ...version, schema: null, subresources: {} }] });
  });

  it('is converted as the definition is, but by no service', () => {
    expect(specOf()).toMatchObject({ conversion: { strategy: 'None' } });
    const webhook = (clientConfig?: JsonObject): JsonObject => ({
      conversion: {
        strategy: 'Webhook',
        webhook: { conversionReviewVersions: ['v1'], ...(clientConfig && { clientConfig }) },
      },
    });
    expect(specOf(webhook({ url: 'https://x', caBundle: 'AA==' }))).toMatchObject(
      webhook({ url: 'https://x', caBundle: 'AA==' }),
    );
    expect(specOf(webhook())).toMatchObject(webhook());
    expect(() => specOf(webhook({ service: { name: 'a', namespace: 'b' } }))).toThrow(
      'webhooks that refer to services are not supported',
    );
    expect(() => specOf(webhook({}))).toThrow('webhooks URL must be set');
  });
});
