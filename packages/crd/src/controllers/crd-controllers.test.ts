import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import type { Bucket } from '@kcp/object-store';
import { definitionBucket } from '../definition/custom-resource-definition.ts';
import { DEFINITION_FINGERPRINT } from '../definition/definition-resource.ts';
import { type Body, exampleBody, NOW, widget } from '../testing/example-definition.ts';
import { cluster, TestServer } from '../testing/test-server.ts';

const [a, b] = [cluster('a'), cluster('b')];
const widgets: Bucket = { group: 'example.com', resource: 'widgets' };
const NAME = 'widgets.example.com';

function body(plural: string, kind: string, more: object = {}): Body {
  return exampleBody(({ metadata, spec }) => {
    metadata['name'] = `${plural}.example.com`;
    spec['names'] = { plural, kind, ...more };
  });
}

function conditions(server: TestServer, name: string, where = a): string[] {
  const all = server.definition(where, name)?.status.conditions ?? [];
  return all.map(({ type, status, reason }) => `${type}=${status} ${reason ?? ''}`);
}

describe('naming', () => {
  it('establishes a definition and accepts its names', async () => {
    await using server = await TestServer.start();
    await server.define(a, body('widgets', 'Widget', { shortNames: ['wg'], categories: ['all'] }));
    await server.settled();
    expect(conditions(server, NAME)).toEqual([
      'NamesAccepted=True NoConflicts',
      'Established=True InitialNamesAccepted',
    ]);
    const definition = server.definition(a, NAME);
    expect(definition?.status.acceptedNames).toEqual(definition?.spec.names);
  });

  it('lets one of many that want the same kind have it', async () => {
    await using server = await TestServer.start();
    await Promise.all(
      ['as', 'bs', 'cs', 'ds'].map((plural) => server.define(a, body(plural, 'Same', { singular: `${plural}1` }))),
    );
    await server.settled();
    const established = ['as', 'bs', 'cs', 'ds'].filter((plural) => server.find(a, plural) !== undefined);
    expect(established).toHaveLength(1);
  });

  it('keeps logical clusters apart', async () => {
    await using server = await TestServer.start();
    await server.define(a, body('widgets', 'Widget'));
    await server.define(b, body('others', 'Widget', { singular: 'other' }));
    await server.settled();
    expect(conditions(server, 'others.example.com', b)[1]).toBe('Established=True InitialNamesAccepted');
  });

  it('gives a name on when its owner goes', async () => {
    await using server = await TestServer.start();
    await server.define(a, body('widgets', 'Widget'));
    await server.settled();
    await server.define(a, body('others', 'Widget', { singular: 'other', listKind: 'OtherList' }));
    await server.settled();
    expect(conditions(server, 'others.example.com')).toEqual([
      'NamesAccepted=False KindConflict',
      'Established=False NotAccepted',
    ]);
    await server.remove(a, NAME);
    await server.settled();
    expect(conditions(server, 'others.example.com')).toEqual([
      'NamesAccepted=True NoConflicts',
      'Established=True InitialNamesAccepted',
    ]);
  });

  it('does not give away what built-in kinds are called', async () => {
    await using server = await TestServer.start({ resources: new Set(['widgets']), kinds: new Set(['Widget']) });
    await server.define(a, body('widgets', 'Widget'));
    await server.settled();
    expect(server.find(a)).toBeUndefined();
  });
});

describe('checking', () => {
  it('tells of schemas that came past validation', async () => {
    await using server = await TestServer.start();
    await server.define(
      a,
      exampleBody(({ spec }) => {
        const openAPIV3Schema = { type: 'object', properties: { a: {} } };
        spec['versions'] = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
      }),
    );
    await server.settled();
    const condition = server.definition(a, NAME)?.status.conditions?.find(({ type }) => type === 'NonStructuralSchema');
    expect(condition).toMatchObject({
      status: 'True',
      reason: 'Violations',
      message:
        'spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
    });
  });

  it('tells what became of the approval of a protected group', async () => {
    await using server = await TestServer.start();
    await server.define(
      a,
      exampleBody((body) => {
        body.metadata = {
          name: 'widgets.x.k8s.io',
          annotations: { 'api-approved.kubernetes.io': 'https://example.com/1' },
        };
        body.spec['group'] = 'x.k8s.io';
      }),
    );
    await server.settled();
    expect(conditions(server, 'widgets.x.k8s.io')).toContain(
      'KubernetesAPIApprovalPolicyConformant=True ApprovedAnnotation',
    );
  });
});

describe('deleting', () => {
  const make = async (server: TestServer, count: number, finalizers: readonly string[] = []): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const object: KubeObject = {
        ...widget(`w${n}`),
        metadata: { name: `w${n}`, namespace: 'x', generation: 1, ...(n === 0 && { finalizers }) },
      };
      await server.write(a, widgets, object, 'v1');
    }
  };
  const left = (server: TestServer): string[] =>
    server.store.page({ bucket: widgets, cluster: a }).objects.map(({ key }) => key.name);

  it('takes all instances along, in batches', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.settled();
    await make(server, 250);
    await server.remove(a, NAME);
    await server.settled();
    expect(left(server)).toEqual([]);
    expect(server.stored(a, NAME)).toBeUndefined();
    expect(server.find(a)).toBeUndefined();
  });

  it('waits for instances that a finalizer holds', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.settled();
    await make(server, 3, ['example.com/wait']);
    await server.remove(a, NAME);
    await server.settled();
    expect(left(server)).toEqual(['w0']);
    expect(conditions(server, NAME)).toContain('Terminating=True InstanceDeletionInProgress');
    expect(server.find(a)?.terminating).toBe(true);
    const held = server.store.get(widgets, { cluster: a, namespace: 'x', name: 'w0' });
    expect(held?.decode().metadata).toMatchObject({
      generation: 2,
      deletionGracePeriodSeconds: 0,
      finalizers: ['example.com/wait'],
    });
    await server.store.commit([{ kind: 'delete', bucket: widgets, key: held!.key, expected: held!.revision }]);
    server.clock.advance(1_000);
    await server.settled();
    expect(server.stored(a, NAME)).toBeUndefined();
  });

  it('looks at held instances ever more seldom, and at least every ten seconds', async () => {
    await using server = await TestServer.start();
    server.clock.advance(Date.parse(NOW) - server.clock.now());
    await server.define(a, exampleBody());
    await server.settled();
    await make(server, 1, ['example.com/wait']);
    await server.remove(a, NAME);
    await server.settled();
    server.clock.advance(60_000);
    await server.settled();
    const held = server.store.get(widgets, { cluster: a, namespace: 'x', name: 'w0' });
    if (held === undefined) throw new Error('gone');
    await server.store.commit([{ kind: 'delete', bucket: widgets, key: held.key, expected: held.revision }]);
    server.clock.advance(9_000);
    await server.settled();
    expect(server.stored(a, NAME)).toBeDefined();
    server.clock.advance(1_000);
    await server.settled();
    expect(server.stored(a, NAME)).toBeUndefined();
  });

  it('takes along the instances of a kind that no version serves any longer', async () => {
    await using server = await TestServer.start();
    await server.define(a, exampleBody());
    await server.settled();
    await make(server, 3);
    const definition = server.definition(a, NAME);
    if (definition === undefined) throw new Error('gone');
    const versions = (definition.spec.versions ?? []).map((version) => ({ ...version, served: false }));
    const { metadata } = definition;
    const unserved = {
      ...definition,
      metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 },
      spec: { ...definition.spec, versions },
    };
    await server.write(a, definitionBucket, unserved, DEFINITION_FINGERPRINT);
    await server.settled();
    expect(server.find(a)).toBeUndefined();
    await server.remove(a, NAME);
    await server.settled();
    expect([left(server), server.stored(a, NAME)]).toEqual([[], undefined]);
  });

  it('leaves the objects of other logical clusters and of kinds that were never established', async () => {
    await using server = await TestServer.start();
    await server.define(a, body('others', 'Other'));
    await server.settled();
    await server.define(a, body('widgets', 'Other'));
    await server.settled();
    await make(server, 1);
    await server.write(b, widgets, { ...widget('w'), metadata: { name: 'w', namespace: 'x' } }, 'v1');
    await server.remove(a, NAME);
    await server.settled();
    expect(server.stored(a, NAME)).toBeUndefined();
    expect(left(server)).toEqual(['w0']);
    expect(server.store.get(widgets, { cluster: b, namespace: 'x', name: 'w' })).toBeDefined();
  });

  it('leaves finalizers of others', async () => {
    await using server = await TestServer.start();
    await server.define(
      a,
      exampleBody(({ metadata }) => void (metadata['finalizers'] = ['example.com/mine'])),
    );
    await server.settled();
    await server.remove(a, NAME);
    await server.settled();
    const definition = server.definition(a, NAME);
    expect(definition?.metadata.finalizers).toEqual(['example.com/mine']);
    await server.write(
      a,
      definitionBucket,
      { ...definition!, metadata: { ...definition!.metadata, labels: { a: 'b' } } },
      DEFINITION_FINGERPRINT,
    );
    await server.settled();
    expect(server.definition(a, NAME)?.metadata.finalizers).toEqual(['example.com/mine']);
  });
});
