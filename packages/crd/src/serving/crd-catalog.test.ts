import { describe, expect, it } from '@jest/globals';
import type { ObjectReader } from '@kcp/object-store';
import { definitionBucket } from '../definition/custom-resource-definition.ts';
import { DEFINITION_FINGERPRINT } from '../definition/definition-resource.ts';
import { exampleBody, exampleVersion } from '../testing/example-definition.ts';
import { cluster, TestServer } from '../testing/test-server.ts';
import { crdCatalog } from './crd-catalog.ts';
import { ServedDefinitions } from './served-definitions.ts';

const [a, b] = [cluster('a'), cluster('b')];

describe('the catalog of a logical cluster', () => {
  it('is empty and the same for all that define nothing', async () => {
    await using server = await TestServer.start();
    expect(server.catalog.of(a).groups).toEqual([]);
    expect(server.catalog.of(a).tag).toBe(server.catalog.of(b).tag);
    expect(server.find(a)).toBeUndefined();
  });

  it('has a definition once it is established, and nobody else has it', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.settled();
    expect(server.find(a)?.kind).toBe('Widget');
    expect(server.find(a, 'gadgets')).toBeUndefined();
    expect(server.find(a, 'widgets', 'example.com', 'v2')).toBeUndefined();
    expect(server.find(b)).toBeUndefined();
    expect(server.catalog.across('example.com', 'v1', 'widgets')).toBeUndefined();
  });

  it('shares values and tags with those that define the same', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.define(b, exampleBody());
    await server.settled();
    expect(server.find(a)).toBe(server.find(b));
    expect(server.catalog.of(a).tag).toBe(server.catalog.of(b).tag);
  });

  it('lists groups with versions in order of preference and resources by name', async () => {
    await using server = await TestServer.start();
    const versions = [
      exampleVersion('v1beta1', {}),
      exampleVersion('v1', {}, { storage: true }),
      exampleVersion('v3', {}, { served: false }),
    ];
    await server.define(
      a,
      exampleBody(({ spec }) => void (spec['versions'] = versions)),
    );
    await server.define(
      a,
      exampleBody(({ metadata, spec }) => {
        metadata['name'] = 'gadgets.example.com';
        spec['names'] = { plural: 'gadgets', kind: 'Gadget' };
      }),
    );
    await server.settled();
    expect(
      server.catalog
        .of(a)
        .groups.map(({ group, origin, versions }) => [
          group,
          origin,
          versions.map(({ version, resources }) => [version, resources.map(({ gvr }) => gvr.resource)]),
        ]),
    ).toEqual([
      [
        'example.com',
        'custom',
        [
          ['v1', ['gadgets', 'widgets']],
          ['v1beta1', ['widgets']],
        ],
      ],
    ]);
  });

  it('changes with a definition, and only then', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.settled();
    const [before, tag] = [server.find(a), server.catalog.of(a).tag];
    expect(server.catalog.of(a)).toBe(server.catalog.of(a));
    const definition = server.definition(a, 'widgets.example.com');
    if (definition === undefined) throw new Error('gone');
    const labelled = { ...definition, metadata: { ...definition.metadata, labels: { a: 'b' } } };
    await server.write(a, definitionBucket, labelled, DEFINITION_FINGERPRINT);
    expect([server.find(a), server.catalog.of(a).tag]).toEqual([before, tag]);
    expect(server.find(a)).toBe(before);
    const versions = [exampleVersion('v1', { n: { type: 'integer' } }, { storage: true })];
    await server.write(
      a,
      definitionBucket,
      {
        ...labelled,
        metadata: { ...labelled.metadata, generation: (labelled.metadata.generation ?? 0) + 1 },
        spec: { ...definition.spec, versions },
      },
      DEFINITION_FINGERPRINT,
    );
    expect(server.find(a)?.fingerprint).not.toBe(before?.fingerprint);
    expect(server.catalog.of(a).tag).not.toBe(tag);
  });

  it('reads a schema again wherever an equal definition is left', async () => {
    await using server = await TestServer.start();
    const schemas = { definitionBytes: 2 ** 20, schemaBytes: 1 };
    const catalog = crdCatalog({ store: server.store, index: server.index, served: new ServedDefinitions(schemas) });
    await server.define(a, exampleBody());
    await server.define(b, exampleBody());
    await server.settled();
    const resource = catalog.of(a).find('example.com', 'v1', 'widgets');
    expect(catalog.of(b).find('example.com', 'v1', 'widgets')).toBe(resource);
    await server.remove(b, 'widgets.example.com');
    await server.settled();
    expect(resource?.openApi().name).toBe('com.example.v1.Widget');
  });

  it('is prepared for all that it serves', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.settled();
    await server.catalog.prepare?.(a, 'all');
    expect(server.catalog.prepare?.(a, 'all')).toBeUndefined();
    expect(server.catalog.prepare?.(a, 'one')).toBeUndefined();
  });

  it('is prepared even where it defines more than is remembered', async () => {
    await using server = await TestServer.start();
    const plurals = Array.from({ length: 20 }, (_, at) => `widgets${at}`);
    for (const plural of plurals) {
      await server.define(
        a,
        exampleBody(({ metadata, spec }) => {
          metadata['name'] = `${plural}.example.com`;
          spec['names'] = { plural, kind: `K${plural}` };
        }),
      );
    }
    await server.settled();
    const reads: string[] = [];
    const store: ObjectReader = Object.assign(Object.create(server.store), {
      get: (...asked: Parameters<ObjectReader['get']>) => {
        reads.push(asked[1].name);
        return server.store.get(...asked);
      },
    });
    // a quarter of it has room for two or three
    const served = new ServedDefinitions({ definitionBytes: 4 * 30_000 });
    const catalog = crdCatalog({ store, index: server.index, served });
    for (let round = 0; round < 2; round += 1) {
      const preparing = catalog.prepare?.(a, 'all');
      expect(preparing).toBeInstanceOf(Promise);
      await preparing;
      expect(new Set(reads.splice(0)).size).toBeGreaterThan(16);
      const [group] = catalog.of(a).groups;
      expect(group?.versions[0]?.resources.map(({ gvr }) => gvr.resource)).toEqual([...plurals].sort());
      expect(reads).toEqual([]);
    }
    await new Promise((resolve) => void setImmediate(resolve));
    expect(catalog.of(a).groups[0]?.versions[0]?.resources).toHaveLength(20);
    expect(reads.length).toBeGreaterThan(16);
  });

  it('serves kinds of the core group', async () => {
    await using server = await TestServer.start();
    await server.define(
      a,
      exampleBody(({ metadata, spec }) => {
        metadata['name'] = 'pods.core';
        spec['group'] = '';
        spec['names'] = { plural: 'pods', kind: 'Pod' };
      }),
    );
    await server.settled();
    const pods = server.find(a, 'pods', '');
    expect(pods?.bucket).toEqual({ group: '', resource: 'pods' });
    expect(pods?.decode({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }).object.apiVersion).toBe('v1');
  });
});
