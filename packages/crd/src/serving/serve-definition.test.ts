import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';
import {
  type Body,
  context,
  established,
  exampleBody,
  exampleVersion,
  texts,
  widget,
} from '../testing/example-definition.ts';
import { ServedDefinitions } from './served-definitions.ts';

function serve(definition: CustomResourceDefinition, version = 'v1', served = new ServedDefinitions()): ServedResource {
  const found = served.get({ owner: 'root' as LogicalCluster, read: () => definition })?.find(version);
  if (found === undefined) throw new Error(`no ${version}`);
  return found;
}

function versions(...all: JsonObject[]): Body {
  return exampleBody(({ spec }) => {
    spec['versions'] = all;
  });
}

const one = (properties: JsonObject, more: JsonObject = {}): Body =>
  versions(exampleVersion('v1', properties, { storage: true, ...more }));

function refusal(action: () => unknown): ApiError {
  try {
    action();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error('not refused');
}

describe('decoding', () => {
  const resource = serve(established(one({ size: { type: 'integer', default: 3 } })));

  it('prunes, defaults and types', () => {
    const raw = {
      ...widget('w', { spec: { no: 1 }, other: true }),
      metadata: { name: 'w', colour: 'red' },
    } as unknown as JsonObject;
    const { object, unknownFields } = resource.decode(raw);
    expect(object).toEqual(widget('w', { spec: { size: 3 } }));
    expect(unknownFields).toEqual(['metadata.colour', 'other', 'spec.no']);
  });

  it.each<[string, JsonObject, string]>([
    [
      'kind',
      { apiVersion: 'example.com/v1', metadata: { name: 'x' } },
      `the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '{"apiVersion":"example.com/v1","metadata":{"name":"x"}}' ({"apiVersion":"example.com/v1" ...)`,
    ],
    [
      'apiVersion',
      { kind: 'Widget' },
      'the API version in the data () does not match the expected API version (example.com/v1)',
    ],
  ])('wants %s', (_what, raw, message) => {
    expect(refusal(() => resource.decode(raw))).toMatchObject({ code: 400, message });
  });

  it('refuses metadata of a wrong type', () => {
    const raw = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { labels: { a: 1 } } };
    expect(refusal(() => resource.decode(raw)).message).toMatch(
      /^Widget in version "v1" cannot be handled as a Widget: json: cannot unmarshal/,
    );
  });

  it('leaves another kind to validation', () => {
    const { object } = resource.decode({
      apiVersion: 'example.com/v1',
      kind: 'Gadget',
      metadata: { name: 'x' },
      spec: { x: 1 },
    });
    expect(texts(resource.strategy.validateCreate?.(object, context) ?? [])).toEqual([
      'kind: Invalid value: "Gadget": must be Widget',
    ]);
  });
});

describe('writes', () => {
  const status = { type: 'object', properties: { phase: { type: 'string', enum: ['Up'] }, n: { type: 'integer' } } };
  const spec = { type: 'object', properties: { n: { type: 'integer' } } };
  const scale = { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n', labelSelectorPath: '.status.s' };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status } } };
  const separate = serve(
    established(versions({ name: 'v1', served: true, storage: true, schema, subresources: { status: {}, scale } })),
  );
  const together = serve(established(versions({ name: 'v1', served: true, storage: true, schema })));

  it('keep the status apart where it has a sub-resource', () => {
    const object = widget('w', { spec: { n: 1 }, status: { phase: 'Up' } });
    expect(separate.strategy.prepareForCreate?.(object, context)).toEqual({
      ...widget('w', { spec: { n: 1 } }),
      metadata: { name: 'w', generation: 1 },
    });
    expect(together.strategy.prepareForCreate?.(object, context)['status']).toEqual({ phase: 'Up' });
    expect(separate.strategy.prepareForUpdate?.(object, widget('w', { status: { n: 2 } }), context)['status']).toEqual({
      n: 2,
    });
  });

  it('count generations by everything but metadata', () => {
    const old: KubeObject = { ...widget('w', { spec: { n: 1 } }), metadata: { name: 'w', generation: 4 } };
    const generation = (resource: ServedResource, change: object): number | undefined =>
      resource.strategy.prepareForUpdate?.({ ...old, ...change }, old, context).metadata.generation;
    expect(generation(separate, { metadata: { ...old.metadata, labels: { a: 'b' } } })).toBe(4);
    expect(generation(separate, { spec: { n: 2 } })).toBe(5);
    expect(generation(separate, { status: { n: 2 } })).toBe(4);
    expect(generation(together, { status: { n: 2 } })).toBe(5);
  });

  it('to the status change nothing else', () => {
    const part = separate.subresources['status'];
    if (part?.kind !== 'part') throw new Error('no status');
    const old = widget('w', { spec: { n: 1 } });
    const next = {
      ...widget('w', { spec: { n: 9 }, status: { phase: 'Up' } }),
      metadata: { name: 'w', labels: { a: 'b' } },
    };
    expect(part.strategy.prepareForUpdate?.(next, old, context)).toEqual({ ...old, status: { phase: 'Up' } });
    expect(texts(part.strategy.validateUpdate?.(widget('w', { status: { phase: 'No' } }), old, context) ?? [])).toEqual(
      ['status.phase: Unsupported value: "No": supported values: "Up"'],
    );
  });

  it('respect the limits of a scale without any schema', () => {
    const errors = (more: JsonObject): string[] =>
      texts(separate.strategy.validateCreate?.(widget('w', more), context) ?? []);
    expect(errors({ spec: { n: -1 } })).toEqual(['.spec.n: Invalid value: -1: should be a non-negative integer']);
    expect(errors({ spec: { n: 2 ** 31 } })).toEqual([
      '.spec.n: Invalid value: 2147483648: should be less than or equal to 2147483647',
    ]);
    expect(errors({ status: { s: 1 } })).toEqual([
      '.status.s: Invalid value: "": .status.s accessor error: 1 is of the type int64, expected string',
    ]);
  });

  it('tolerate what was invalid before and did not change', () => {
    const errors =
      separate.strategy.validateUpdate?.(
        widget('w', { spec: { n: 'x' } }),
        widget('w', { spec: { n: 'x' } }),
        context,
      ) ?? [];
    expect(texts(errors).filter((text) => text.startsWith('spec.n'))).toEqual([]);
  });

  it('warn of finalizers without a domain', () => {
    const object: KubeObject = {
      ...widget('w'),
      metadata: { name: 'w', finalizers: ['plain', 'example.com/x', 'orphan', 'a.b'] },
    };
    expect(separate.strategy.warningsOnCreate?.(object)).toEqual([
      'metadata.finalizers: "a.b": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
      'metadata.finalizers: "plain": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers',
    ]);
  });
});

describe('several versions', () => {
  const definition = established(
    versions(
      exampleVersion('v1beta1', { size: { type: 'integer' }, old: { type: 'string' } }, { deprecated: true }),
      exampleVersion(
        'v1',
        { size: { type: 'integer' }, colour: { type: 'string', default: 'black' } },
        { storage: true },
      ),
      exampleVersion('v2', { size: { type: 'integer' }, late: { type: 'string', default: 'x' } }, { served: false }),
      exampleVersion('v10', { size: { type: 'integer' }, late: { type: 'string', default: 'x' } }),
    ),
  );

  it('are in the order of preference, those that are served', () => {
    const served = new ServedDefinitions().get({ owner: 'root' as LogicalCluster, read: () => definition });
    expect(served?.versions).toEqual(['v10', 'v1', 'v1beta1']);
    expect(served?.find('v2')).toBeUndefined();
  });

  it('are stored in one, pruned and defaulted by its schema', async () => {
    const beta = serve(definition, 'v1beta1');
    const stored = await beta.toStored(widget('w', { spec: { size: 1, old: 'x' } }, 'example.com/v1beta1'));
    expect(stored).toEqual(widget('w', { spec: { size: 1, colour: 'black' } }));
    expect(await beta.fromStored([stored])).toEqual([widget('w', { spec: { size: 1 } }, 'example.com/v1beta1')]);
  });

  it('take defaults from the version that is stored only', async () => {
    const [read] = await serve(definition, 'v10').fromStored([widget('w', { spec: {} })]);
    expect(read).toEqual(widget('w', { spec: {} }, 'example.com/v10'));
  });

  it('show what was stored in a version that is gone', async () => {
    const [read] = await serve(definition, 'v1').fromStored([
      widget('w', { spec: { size: 1, odd: 2 } }, 'example.com/v0'),
    ]);
    expect(read).toEqual(widget('w', { spec: { size: 1, colour: 'black' } }));
  });

  it('have fingerprints of their own and one for storage', () => {
    const [v1, v10, beta] = ['v1', 'v10', 'v1beta1'].map((version) => serve(definition, version));
    expect(new Set([v1?.fingerprint, v10?.fingerprint, beta?.fingerprint]).size).toBe(3);
    expect(new Set([v1?.storedFingerprint, v10?.storedFingerprint, beta?.storedFingerprint])).toEqual(
      new Set([v1?.fingerprint]),
    );
  });

  it('warn where they are deprecated, naming the best to use', () => {
    expect(serve(definition, 'v1beta1').deprecation).toBe(
      'example.com/v1beta1 Widget is deprecated; use example.com/v10 Widget',
    );
    expect(serve(definition, 'v1').deprecation).toBeUndefined();
  });

  it('are what admission may be shown: every other served version, there and back', async () => {
    const [v10, ...others] = serve(definition, 'v1').equivalents?.() ?? [];
    expect([v10, ...others].map((other) => other?.resource.version)).toEqual(['v10', 'v1beta1']);
    const shown = await v10?.to(widget('w', { spec: { size: 1 } }));
    expect(shown).toMatchObject({ apiVersion: 'example.com/v10', spec: { size: 1 } });
    expect(shown && (await v10?.from(shown))).toMatchObject({ apiVersion: 'example.com/v1', spec: { size: 1 } });
    expect(() => v10?.decode({ kind: 'Widget', apiVersion: 'example.com/v1' })).toThrow(/does not match the expected/);
  });

  it('cannot be read without the webhook that converts them', async () => {
    const conversion = {
      strategy: 'Webhook',
      webhook: { clientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] },
    };
    const hooked = { ...definition, spec: { ...definition.spec, conversion } };
    expect(await serve(hooked, 'v1').fromStored([widget('w')])).toEqual([widget('w')]);
    await expect(async () => serve(hooked, 'v10').fromStored([widget('w')])).rejects.toMatchObject({
      code: 500,
      reason: '',
      message:
        'conversion for example.com/v1, Kind=Widget failed: conversion webhook for /, Kind= failed: this server calls no conversion webhooks',
    });
  });
});

describe('serving', () => {
  it('compiles equal definitions once, whoever has them', () => {
    const served = new ServedDefinitions();
    const first = serve(established(one({ a: { type: 'string' } })), 'v1', served);
    const again = serve(established(one({ a: { type: 'string' } })), 'v1', served);
    expect(again).toBe(first);
    expect(serve(established(one({ a: { type: 'integer' } })), 'v1', served)).not.toBe(first);
  });

  it('refuses new objects while the definition is being deleted', () => {
    const definition = established(one({}));
    const resource = serve({
      ...definition,
      metadata: { ...definition.metadata, deletionTimestamp: '2024-01-01T00:00:00Z' },
    });
    expect(resource.terminating).toBe(true);
    expect(resource.verbs).toEqual(['delete', 'deletecollection', 'get', 'list', 'watch']);
    expect(resource.definition?.hash).toBe(serve(definition).definition?.hash);
  });

  it('goes on where the caches forget everything at once', () => {
    const served = new ServedDefinitions({ definitionBytes: 1, schemaBytes: 1 });
    const resource = serve(established(one({ a: { type: 'string' } })), 'v1', served);
    expect(resource.decode(widget('w', { spec: { a: 'x', b: 1 } }) as JsonObject).object['spec']).toEqual({ a: 'x' });
  });

  it('selects by declared fields', () => {
    const { selectableFields } = serve(
      established(
        one(
          { a: { type: 'string' }, n: { type: 'integer' }, on: { type: 'boolean' } },
          { selectableFields: ['.spec.a', '.spec.n', '.spec.on'].map((jsonPath) => ({ jsonPath })) },
        ),
      ),
    );
    const object = widget('w', { spec: { n: 2, on: false } });
    expect(Object.entries(selectableFields).map(([name, read]) => [name, read(object)])).toEqual([
      ['spec.a', ''],
      ['spec.n', '2'],
      ['spec.on', 'false'],
    ]);
  });

  it('publishes the kind and its list under the reversed group', () => {
    const { name, schemas } = serve(established(one({ a: { type: 'string' } }))).openApi();
    expect(name).toBe('com.example.v1.Widget');
    expect(schemas[name]).toMatchObject({
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }],
    });
    expect(schemas['com.example.v1.WidgetList']).toMatchObject({ required: ['items'] });
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']).toBeDefined();
  });
});

describe('nulls', () => {
  const text = { type: 'string' };
  const resource = (): ServedResource =>
    serve(
      established(
        one({
          a: text,
          b: { ...text, nullable: true },
          c: { ...text, default: 'c' },
          list: { type: 'array', items: { type: 'object', properties: { a: text } } },
        }),
      ),
    );
  const sent = widget('w', { spec: { a: null, b: null, c: null, list: [{ a: null }], unknown: null } });

  it('of a body are dropped where they are neither allowed nor replaced by a default', () => {
    const { object } = resource().decode(sent);
    expect(object).toEqual(widget('w', { spec: { b: null, c: 'c', list: [{}] } }));
  });

  it('that were applied stay, and are refused', () => {
    const object = resource().decodeApplied?.(sent);
    if (object === undefined) throw new Error('not decoded');
    expect(object).toEqual(widget('w', { spec: { a: null, b: null, c: 'c', list: [{ a: null }] } }));
    expect(texts(resource().strategy.validateCreate?.(object, context) ?? [])).toEqual([
      'spec.a: Invalid value: "null": spec.a in body must be of type string: "null"',
      'spec.list[0].a: Invalid value: "null": spec.list[0].a in body must be of type string: "null"',
    ]);
  });
});
