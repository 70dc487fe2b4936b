import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { map, maps, names, refusal, seen, withNamespace } from './fixture.ts';

const quotas = '/api/v1/namespaces/test/resourcequotas';
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const quota = (name: string, hard: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name },
  spec: { hard },
});

/** Waits until a quota says that so much of something is used. */
async function used(
  client: LoopbackClient,
  { name, namespace = 'test' }: { readonly name: string; readonly namespace?: string },
  key: string,
  amount: string,
): Promise<void> {
  const abort = new AbortController();
  const query = { fieldSelector: `metadata.name=${name}`, resourceVersion: '0' };
  for await (const event of client.watch(`/api/v1/namespaces/${namespace}/resourcequotas`, query, abort.signal)) {
    const { status } = seen((event as { object: Parameters<typeof seen>[0] }).object);
    if ((status?.['used'] as Record<string, string> | undefined)?.[key] !== amount) continue;
    abort.abort();
    return;
  }
}

/** A logical cluster with the namespace, whose own ConfigMap is there. */
async function furnished(name: string): Promise<LoopbackClient> {
  const client = await withNamespace(server.client(name));
  await appears(client, maps, 'kube-root-ca.crt');
  return client;
}

/** Waits for an object by watching for it. */
async function appears(client: LoopbackClient, path: string, name: string): Promise<void> {
  const abort = new AbortController();
  for await (const _event of client.watch(path, { fieldSelector: `metadata.name=${name}` }, abort.signal)) break;
  abort.abort();
}

describe('a quota', () => {
  it('lets exactly as many through as it allows, of 64 writers at once', async () => {
    const client = await furnished('quota-race');
    await client.create(quotas, quota('ten', { 'count/configmaps': '10' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 64 }, (_, i) => client.create(maps, map(`m${i}`))));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(64 - 9);
    expect(names(await client.get(maps))).toHaveLength(10);
    const { status } = seen(await client.get(`${quotas}/ten`));
    expect(status).toEqual({ hard: { 'count/configmaps': '10' }, used: { 'count/configmaps': '10' } });
  });

  it('gives back what is deleted', async () => {
    const client = await furnished('quota-back');
    await client.create(quotas, quota('two', { configmaps: '2' }));
    await client.create(maps, map('a'));
    expect(await refusal(client.create(maps, map('b')))).toMatchObject({
      code: 403,
      message:
        'configmaps "b" is forbidden: exceeded quota: two, requested: configmaps=1, used: configmaps=2, limited: configmaps=2',
    });
    await client.delete(`${maps}/a`);
    await used(client, { name: 'two' }, 'configmaps', '1');
    expect(seen(await client.create(maps, map('b'))).metadata.name).toBe('b');
  });

  it('refuses in a dry run too, and a refused create uses nothing', async () => {
    const client = await furnished('quota-dry');
    await client.create(quotas, quota('one', { 'count/secrets': '1', 'count/configmaps': '5' }));
    const secrets = '/api/v1/namespaces/test/secrets';
    const secret = (name: string) => ({ metadata: { name } });
    await client.create(secrets, secret('a'));
    const dry = client.request(secrets, { method: 'POST', body: secret('b'), query: { dryRun: 'All' } });
    expect(await refusal(dry)).toMatchObject({ code: 403 });
    expect(await refusal(client.create(maps, map('kube-root-ca.crt')))).toMatchObject({ reason: 'AlreadyExists' });
    await used(client, { name: 'one' }, 'count/configmaps', '1');
  });

  it('counts custom kinds, and only in its own namespace and logical cluster', async () => {
    const client = await furnished('quota-scope');
    const other = await furnished('quota-other');
    await client.create(quotas, quota('none', { 'count/configmaps': '1' }));
    expect(await refusal(client.create(maps, map('a')))).toMatchObject({ code: 403 });
    await other.create(maps, map('a'));
    await client.create('/api/v1/namespaces', { metadata: { name: 'free' } });
    await client.create('/api/v1/namespaces/free/configmaps', map('a'));
  });
});

const adminQuotas = '/api/v1/namespaces/admin/resourcequotas';
const mapsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;

/** A quota that counts, where it is in the namespace for it, the whole logical cluster. */
const wide = (hard: Readonly<Record<string, string>>, says = 'true') => ({
  ...quota('wide', hard),
  metadata: { name: 'wide', annotations: { 'experimental.quota.kcp.io/cluster-scoped': says } },
});

/** A logical cluster with two namespaces, one of them for quotas, each with its own ConfigMap. */
async function administered(name: string): Promise<LoopbackClient> {
  const client = await furnished(name);
  await client.create('/api/v1/namespaces', { metadata: { name: 'admin' } });
  await appears(client, mapsOf('admin'), 'kube-root-ca.crt');
  return client;
}

describe('a quota of a whole logical cluster', () => {
  it('counts what all namespaces hold, and what is in none', async () => {
    const client = await administered('quota-wide');
    const other = await administered('quota-wide-other');
    await client.create(adminQuotas, wide({ 'count/configmaps': '3', 'count/namespaces': '3' }));
    await client.create(maps, map('a'));
    for (const path of [maps, mapsOf('admin')]) {
      expect(await refusal(client.create(path, map('b')))).toMatchObject({
        code: 403,
        message:
          'configmaps "b" is forbidden: exceeded quota: wide, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3',
      });
    }
    await other.create(maps, map('b'));
    await client.create('/api/v1/namespaces', { metadata: { name: 'last' } });
    expect(await refusal(client.create('/api/v1/namespaces', { metadata: { name: 'more' } }))).toMatchObject({
      code: 403,
      message:
        'namespaces "more" is forbidden: exceeded quota: wide, requested: count/namespaces=1, used: count/namespaces=3, limited: count/namespaces=3',
    });
  });

  it('gives back what is deleted in another namespace, or in none', async () => {
    const client = await administered('quota-wide-back');
    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    const role = (name: string) => ({ metadata: { name }, rules: [] });
    const counted = 'count/clusterroles.rbac.authorization.k8s.io';
    await client.create(adminQuotas, wide({ 'count/configmaps': '3', [counted]: '1' }));
    await client.create(maps, map('a'));
    await client.create(roles, role('a'));
    expect(await refusal(client.create(roles, role('b')))).toMatchObject({ code: 403 });
    await client.delete(`${maps}/a`);
    await client.delete(`${roles}/a`);
    await used(client, { name: 'wide', namespace: 'admin' }, 'count/configmaps', '2');
    await used(client, { name: 'wide', namespace: 'admin' }, counted, '0');
    await client.create(maps, map('b'));
    await client.create(roles, role('b'));
  });

  it('is exact under writers of several namespaces, beside a quota of one of them', async () => {
    const client = await administered('quota-wide-race');
    await client.create(adminQuotas, wide({ 'count/configmaps': '12' }));
    await client.create(quotas, quota('own', { 'count/configmaps': '5' }));
    const made = await Promise.allSettled(
      Array.from({ length: 32 }, (_, i) => [
        client.create(maps, map(`m${i}`)),
        client.create(mapsOf('admin'), map(`m${i}`)),
      ]).flat(),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const [here, there] = [names(await client.get(maps)), names(await client.get(mapsOf('admin')))];
    expect(here.length + there.length).toBe(12);
    expect(here.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['without its annotation', 'admin', 'no'],
    ['outside of the namespace for it', 'test', 'true'],
  ])('counts only its own namespace %s', async (_, namespace, says) => {
    const client = await administered(`quota-narrow-${namespace}`);
    await client.create(`/api/v1/namespaces/${namespace}/resourcequotas`, wide({ 'count/configmaps': '1' }, says));
    const [own, elsewhere] = namespace === 'test' ? [maps, mapsOf('admin')] : [mapsOf('admin'), maps];
    expect(await refusal(client.create(own, map('a')))).toMatchObject({ code: 403 });
    await client.create(elsewhere, map('a'));
  });
});
