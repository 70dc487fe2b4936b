import { describe, expect, it } from '@jest/globals';
import type { KubeObject, MutableJsonObject } from '@kcp/api-machinery';
import {
  NOW,
  checks,
  context,
  created,
  established,
  exampleBody,
  exampleVersion,
  strategy,
} from '../testing/example-definition.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { asDefinition, decodeDefinition } from './decode-definition.ts';
import { definitionResource } from './definition-resource.ts';
import { definitionStatusStrategy } from './definition-strategy.ts';
import { definitionWarnings } from './definition-warnings.ts';

function prepared(
  change: (definition: CustomResourceDefinition) => object,
  old: CustomResourceDefinition,
): CustomResourceDefinition {
  const object = { ...old, ...change(old) } as KubeObject;
  return asDefinition(strategy.prepareForUpdate?.(object, old, context) ?? object);
}

describe('decoding', () => {
  it('fills in names, conversion and ports, and drops what says nothing', () => {
    const service = { namespace: 'n', name: 's' };
    const { object, unknownFields } = decodeDefinition(
      exampleBody(({ spec }) => {
        spec['preserveUnknownFields'] = false;
        spec['bogus'] = 1;
        spec['conversion'] = {
          strategy: 'Webhook',
          webhook: { clientConfig: { service }, conversionReviewVersions: ['v1'] },
        };
      }),
    );
    const { spec } = asDefinition(object);
    expect(spec.names).toEqual({ plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' });
    expect(spec.conversion?.webhook?.clientConfig?.service?.port).toBe(443);
    expect('preserveUnknownFields' in spec).toBe(false);
    expect(unknownFields).toEqual(['spec.bogus']);
    expect(asDefinition(decodeDefinition(exampleBody()).object).spec.conversion).toEqual({ strategy: 'None' });
  });

  it('stores schemas without empty keywords', () => {
    const a = { type: 'string', default: null, enum: [], nullable: false, minLength: 0 };
    const body = exampleBody(({ spec }) => {
      spec['versions'] = [exampleVersion('v1', { a }, { storage: true })];
    });
    const [version] = asDefinition(decodeDefinition(body).object).spec.versions ?? [];
    expect(version?.schema?.openAPIV3Schema).toEqual({
      type: 'object',
      properties: { spec: { type: 'object', properties: { a: { type: 'string', minLength: 0 } } } },
    });
  });
});

describe('a new definition', () => {
  it('begins with a status of its own', () => {
    const body = exampleBody();
    body['status'] = { storedVersions: ['v9'], acceptedNames: { plural: 'liars', kind: 'Liar' } };
    const { metadata, status } = created(body);
    expect(metadata.generation).toBe(1);
    expect(status).toEqual({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] });
  });

  it('warns of formats nobody checks and of sets of objects', () => {
    const set = {
      type: 'array',
      'x-kubernetes-list-type': 'set',
      items: { type: 'object', 'x-kubernetes-map-type': 'atomic' },
    };
    const fields = {
      a: { type: 'string', format: 'int64' },
      b: { type: 'integer', format: 'int32' },
      c: { type: 'string', format: 'date-time' },
      set,
    };
    const body = exampleBody(({ spec }) => {
      spec['versions'] = [exampleVersion('v1', fields, { storage: true })];
    });
    expect(definitionWarnings(created(body).spec)).toEqual([
      'unrecognized format "int64"',
      'x-kubernetes-list-type: set for items of type "object" is not supported by server-side apply or CEL validation rules',
    ]);
  });
});

describe('an update', () => {
  const old = established(exampleBody());

  it('raises the generation with the spec only', () => {
    expect(prepared(() => ({ metadata: { ...old.metadata, labels: { a: 'b' } } }), old).metadata.generation).toBe(1);
    const names = { ...old.spec.names, listKind: 'WidgetBox' };
    expect(prepared(() => ({ spec: { ...old.spec, names } }), old).metadata.generation).toBe(2);
  });

  it('leaves the status alone', () => {
    expect(prepared(() => ({ status: { ...old.status, storedVersions: ['v9'] } }), old).status).toEqual(old.status);
  });

  it('adds a new storage version to the stored ones', () => {
    const body = exampleBody(({ spec }) => {
      const [v1] = spec['versions'] as unknown as [MutableJsonObject];
      spec['versions'] = [{ ...v1, storage: false }, exampleVersion('v2', {}, { storage: true })];
    });
    expect(prepared(() => ({ spec: created(body).spec }), old).status.storedVersions).toEqual(['v1', 'v2']);
  });

  it('of the status leaves the spec alone', () => {
    const next = { ...old, spec: {}, status: { ...old.status, storedVersions: ['v1'] } } as unknown as KubeObject;
    expect(definitionStatusStrategy.prepareForUpdate?.(next, old, context)['spec']).toEqual(old.spec);
  });
});

describe('a delete', () => {
  it('only marks, and waits for the instances', () => {
    const marked = strategy.beginDelete?.(established(exampleBody()), context);
    expect(marked?.metadata).toMatchObject({
      deletionTimestamp: NOW,
      finalizers: ['customresourcecleanup.apiextensions.k8s.io'],
    });
    expect(marked && 'deletionGracePeriodSeconds' in marked.metadata).toBe(false);
    expect(marked && asDefinition(marked).status.conditions?.at(-1)).toMatchObject({
      type: 'Terminating',
      reason: 'InstanceDeletionPending',
    });
    expect(marked && strategy.beginDelete?.(marked, context)).toBeUndefined();
  });
});

describe('the resource', () => {
  it('is what discovery shows', () => {
    const { gvr, shortNames, categories, singular, subresources, columns } = definitionResource(checks);
    expect(gvr).toEqual({ group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' });
    expect([shortNames, categories, singular]).toEqual([
      ['crd', 'crds'],
      ['api-extensions'],
      'customresourcedefinition',
    ]);
    expect(Object.keys(subresources)).toEqual(['status']);
    expect(columns.map(({ name }) => name)).toEqual(['Name', 'Created At']);
  });
});
