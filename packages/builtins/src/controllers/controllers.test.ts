import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { again, done } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { FollowedChange } from '@kcp/object-store';
import { configMaps } from '../core/config-map.ts';
import { namespaces } from '../core/namespace.ts';
import { secrets } from '../core/secret.ts';
import { serviceAccounts } from '../core/service-account.ts';
import { coreEvents } from '../events/core-event.ts';
import { eventsEvents } from '../events/events-event.ts';
import { clusterRoles } from '../rbac/role.ts';
import { World } from '../testing/world.ts';
import { accountTokenKeys, accountTokens } from './account-tokens.ts';
import { namespaceDeletion } from './namespace-deletion.ts';
import { furnitureKeys, namespaceFurniture } from './namespace-furniture.ts';
import { roleAggregation } from './role-aggregation.ts';

const resources = [
  configMaps(),
  namespaces(),
  secrets(),
  serviceAccounts({ kind: 'part', strategy: {} }),
  coreEvents(),
  eventsEvents(),
  clusterRoles({ rbac: {} as never, authorize: () => ({ kind: 'allow', reason: '' }) }),
];
const clock = { now: () => Date.parse('2026-01-02T03:04:10Z'), after: () => ({ [Symbol.dispose]: () => {} }) };
const gvr = (resource: string) => ({
  group: resource === 'clusterroles' ? 'rbac.authorization.k8s.io' : '',
  version: 'v1',
  resource,
});

async function worldWith(...objects: readonly (readonly [string, JsonObject, JsonObject?])[]): Promise<World> {
  const world = new World(resources);
  for (const [resource, metadata, fields] of objects) {
    const namespace = ['namespaces', 'clusterroles'].includes(resource) ? '' : 'ns';
    const object = { metadata, ...fields } as unknown as KubeObject;
    await world.writer.create({ cluster: root, resource: gvr(resource), namespace }, object);
  }
  world.writes.length = 0;
  return world;
}

function get(world: World, resource: string, name: string): KubeObject | undefined {
  const namespace = ['namespaces', 'clusterroles'].includes(resource) ? '' : 'ns';
  const { group } = gvr(resource);
  return world.reader.get({ group, resource }, { cluster: root, namespace, name })?.decode();
}

const key = (name: string, more: Partial<ReconcileKey> = {}): ReconcileKey => ({
  cluster: root,
  namespace: '',
  name,
  ...more,
});
const run = (reconcile: Reconcile, at: ReconcileKey) => reconcile(at, { signal: new AbortController().signal });
const remove = (world: World, resource: string, name: string) => {
  const namespace = ['namespaces', 'clusterroles'].includes(resource) ? '' : 'ns';
  return world.writer.remove({ cluster: root, resource: gvr(resource), namespace, name });
};

describe('deletion of namespaces', () => {
  const reconcile = (world: World): Reconcile => {
    return namespaceDeletion({ store: world.reader, writer: world.writer, resources: () => resources, clock });
  };

  it('takes all content away and then the namespace', async () => {
    const many = Array.from({ length: 250 }, (_, at) => ['configmaps', { name: `c${at}` }] as const);
    const world = await worldWith(['namespaces', { name: 'ns' }], ['secrets', { name: 's' }], ...many);
    await remove(world, 'namespaces', 'ns');
    expect(await run(reconcile(world), key('ns'))).toEqual(done);
    expect(get(world, 'namespaces', 'ns')).toBeUndefined();
    expect(world.reader.page({ bucket: { group: '', resource: 'configmaps' }, cluster: root }).objects).toEqual([]);
    expect(world.writes.filter((write) => write.startsWith('update'))).toEqual(['update namespaces ns finalize']);
  });

  it('says what it waits for, and looks again', async () => {
    const world = await worldWith(
      ['namespaces', { name: 'ns' }],
      ['configmaps', { name: 'held', finalizers: ['example.com/hold'] }],
    );
    await remove(world, 'namespaces', 'ns');
    expect(await run(reconcile(world), key('ns'))).toEqual(again(500));
    expect(get(world, 'namespaces', 'ns')?.['status']).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({
          type: 'NamespaceContentRemaining',
          status: 'True',
          message: 'Some resources are remaining: configmaps. has 1 resource instances',
        }),
        expect.objectContaining({
          type: 'NamespaceFinalizersRemaining',
          message: 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
        }),
      ]),
    });
    const writes = world.writes.length;
    await run(reconcile(world), key('ns'));
    expect(world.writes.length).toBe(writes);
  });

  it('gives its own finalizer back where another holds the namespace', async () => {
    const world = await worldWith(['namespaces', { name: 'ns' }, { spec: { finalizers: ['example.com/mine'] } }]);
    await remove(world, 'namespaces', 'ns');
    await run(reconcile(world), key('ns'));
    const left = get(world, 'namespaces', 'ns');
    expect(left).toMatchObject({ spec: { finalizers: ['example.com/mine'] } });
    expect(left).toHaveProperty('status.conditions.length', 5);
  });

  it('leaves namespaces alone that nobody deletes', async () => {
    const world = await worldWith(['namespaces', { name: 'ns' }], ['configmaps', { name: 'c' }]);
    await run(reconcile(world), key('ns'));
    await run(reconcile(world), key('gone'));
    expect(world.writes).toEqual([]);
  });
});

describe('furniture of namespaces', () => {
  const reconcile = (world: World): Reconcile => {
    return namespaceFurniture({ store: world.reader, writer: world.writer, rootCertificates: 'PEM' });
  };

  it('is there, is put right when touched, and written once', async () => {
    const world = await worldWith(['namespaces', { name: 'ns' }]);
    await run(reconcile(world), key('ns'));
    await run(reconcile(world), key('ns'));
    expect(world.writes).toEqual(['create serviceaccounts default', 'create configmaps kube-root-ca.crt']);
    const address = { cluster: root, resource: gvr('configmaps'), namespace: 'ns', name: 'kube-root-ca.crt' };
    await world.writer.update(address, (old) => ({ ...old, data: { 'ca.crt': 'x', more: 'y' } }));
    await run(reconcile(world), key('ns'));
    expect(get(world, 'configmaps', 'kube-root-ca.crt')?.['data']).toEqual({ 'ca.crt': 'PEM' });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['says so elsewhere', { data: { 'ca.crt': 'x' } }, { note: ',"data":{"ca.crt":"PEM"}}' }],
    ['has it as a part of something', { data: { 'ca.crt': '"data":{"ca.crt":"PEM"}}' } }, {}],
    ['has more', { data: { 'ca.crt': 'PEM', more: 'y' } }, {}],
    ['has nothing', {}, {}],
  ])('is put right where it %s', async (_how, fields, annotations) => {
    const world = await worldWith(['namespaces', { name: 'ns' }]);
    await run(reconcile(world), key('ns'));
    const address = { cluster: root, resource: gvr('configmaps'), namespace: 'ns', name: 'kube-root-ca.crt' };
    await world.writer.update(address, ({ data: _, ...old }) => {
      const metadata = { ...old.metadata, annotations: annotations as Record<string, string> };
      return { ...old, ...fields, metadata };
    });
    await run(reconcile(world), key('ns'));
    expect(get(world, 'configmaps', 'kube-root-ca.crt')?.['data']).toEqual({ 'ca.crt': 'PEM' });
    world.writes.length = 0;
    await run(reconcile(world), key('ns'));
    expect(world.writes).toEqual([]);
  });

  it('does not come into namespaces that are ending', async () => {
    const world = await worldWith(['namespaces', { name: 'ns' }]);
    await remove(world, 'namespaces', 'ns');
    world.writes.length = 0;
    await run(reconcile(world), key('ns'));
    expect(world.writes).toEqual([]);
  });

  it.each([
    ['delete', 'serviceaccounts', 'default', 1],
    ['put', 'serviceaccounts', 'default', 0],
    ['delete', 'serviceaccounts', 'other', 0],
    ['put', 'configmaps', 'kube-root-ca.crt', 1],
    ['delete', 'configmaps', 'kube-root-ca.crt', 1],
    ['put', 'configmaps', 'other', 0],
  ] as const)('looks at a %s of %s %s: %d', (kind, resource, name, count) => {
    const object = { bucket: { group: '', resource }, key: { cluster: root, namespace: 'ns', name } };
    const keys = furnitureKeys({ kind, object, previous: undefined } as unknown as FollowedChange);
    expect(keys).toEqual(count === 1 ? [key('ns')] : []);
  });
});

describe('aggregation of cluster roles', () => {
  it('writes the rules of the selected roles, and nothing where they are there already', async () => {
    const selector = { clusterRoleSelectors: [{ matchLabels: { to: 'sum' } }] };
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    const world = await worldWith(
      ['clusterroles', { name: 'sum' }, { aggregationRule: selector }],
      ['clusterroles', { name: 'part', labels: { to: 'sum' } }, { rules: [rule] }],
      ['clusterroles', { name: 'other' }, { rules: [rule] }],
    );
    const reconcile = roleAggregation({ store: world.reader, writer: world.writer });
    await run(reconcile, key(''));
    await run(reconcile, key(''));
    expect(get(world, 'clusterroles', 'sum')?.['rules']).toEqual([rule]);
    expect(world.writes).toEqual(['update clusterroles sum']);
    await remove(world, 'clusterroles', 'part');
    await run(reconcile, key(''));
    expect(get(world, 'clusterroles', 'sum')?.['rules']).toBeNull();
  });
});

describe('tokens that live in Secrets', () => {
  const annotations = { 'kubernetes.io/service-account.name': 'bot' };
  const token = { type: 'kubernetes.io/service-account-token' };
  const reconcile = (world: World, at: ReconcileKey) => {
    const issuer = { legacy: () => 'signed', bound: () => ({ token: '', id: '', expires: 0 }) };
    return run(accountTokens({ store: world.reader, writer: world.writer, issuer, rootCertificates: 'PEM' }), at);
  };
  const secretKey = key('t', { namespace: 'ns', bucket: { group: '', resource: 'secrets' } });

  it('are filled in once', async () => {
    const world = await worldWith(['serviceaccounts', { name: 'bot' }], ['secrets', { name: 't', annotations }, token]);
    await reconcile(world, secretKey);
    await reconcile(world, secretKey);
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    expect(get(world, 'secrets', 't')).toMatchObject({
      metadata: { annotations: { ...annotations, 'kubernetes.io/service-account.uid': 'uid-bot' } },
      data: { token: base64('signed'), namespace: base64('ns'), 'ca.crt': base64('PEM') },
    });
    expect(world.writes).toEqual(['update secrets t']);
  });

  it('go with their account', async () => {
    const world = await worldWith(
      ['serviceaccounts', { name: 'bot' }],
      ['secrets', { name: 't', annotations }, token],
      ['secrets', { name: 'other' }],
    );
    await remove(world, 'serviceaccounts', 'bot');
    await reconcile(world, key('bot', { namespace: 'ns', bucket: { group: '', resource: 'serviceaccounts' } }));
    expect([get(world, 'secrets', 't'), get(world, 'secrets', 'other') !== undefined]).toEqual([undefined, true]);
  });

  it('go where their account was made anew under the same name', async () => {
    const made = { ...annotations, 'kubernetes.io/service-account.uid': 'uid-before' };
    const world = await worldWith(
      ['serviceaccounts', { name: 'bot' }],
      ['secrets', { name: 't', annotations: made }, token],
    );
    await reconcile(world, secretKey);
    expect(get(world, 'secrets', 't')).toBeUndefined();
  });

  describe('that are gone', () => {
    const gone = (type: string) => {
      const object = {
        bucket: { group: '', resource: 'secrets' },
        key: { cluster: root, namespace: 'ns', name: 't' },
        decode: () => ({ metadata: { name: 't', annotations }, type }),
      };
      const change = { kind: 'delete', object, previous: undefined } as unknown as FollowedChange;
      return accountTokenKeys({ generation: () => 1 }, change);
    };

    it('of an account are looked for where it is new or gone, and where there ever was a Secret', () => {
      const told = (secrets: number, kind: 'delete' | 'put', previous?: unknown) => {
        const object = {
          key: { cluster: root, namespace: 'ns', name: 'bot' },
          bucket: { group: '', resource: 'serviceaccounts' },
        };
        const change = { kind, object, previous } as unknown as FollowedChange;
        return accountTokenKeys({ generation: () => secrets }, change).map(({ name }) => name);
      };
      expect([told(7, 'put'), told(7, 'delete'), told(7, 'put', {})]).toEqual([['bot'], ['bot'], []]);
      expect([told(0, 'put'), told(0, 'delete')]).toEqual([[], []]);
    });

    it('leave the list of their account, and nothing else does', async () => {
      const listed = [{ name: 'a' }, { name: 't' }];
      const world = await worldWith(['serviceaccounts', { name: 'bot' }, { secrets: listed }]);
      const [first, ...more] = gone(token.type);
      expect([first?.name, more]).toEqual(['t', []]);
      if (first) await reconcile(world, first);
      if (first) await reconcile(world, first);
      expect(get(world, 'serviceaccounts', 'bot')?.['secrets']).toEqual([{ name: 'a' }]);
      expect(world.writes).toEqual(['update serviceaccounts bot']);
    });
    it('stay in it where they were made again, and where they held no token', async () => {
      const world = await worldWith(
        ['serviceaccounts', { name: 'bot' }, { secrets: [{ name: 't' }] }],
        ['secrets', { name: 't' }],
      );
      for (const at of gone(token.type)) await reconcile(world, at);
      expect(world.writes).toEqual([]);
      expect(gone('Opaque')).toEqual([]);
    });
  });
});
