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
async function used(client: LoopbackClient, name: string, key: string, amount: string): Promise<void> {
  const abort = new AbortController();
  const query = { fieldSelector: `metadata.name=${name}`, resourceVersion: '0' };
  for await (const event of client.watch(quotas, query, abort.signal)) {
    const { status } = seen((event as { object: Parameters<typeof seen>[0] }).object);
    if ((status?.['used'] as Record<string, string> | undefined)?.[key] !== amount) continue;
    abort.abort();
    return;
  }
}

/** A logical cluster with the namespace, whose own ConfigMap is there. */
async function furnished(name: string): Promise<LoopbackClient> {
  const client = await withNamespace(server.client(name));
  const abort = new AbortController();
  for await (const _event of client.watch(maps, { fieldSelector: 'metadata.name=kube-root-ca.crt' }, abort.signal))
    break;
  abort.abort();
  return client;
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
    await used(client, 'two', 'configmaps', '1');
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
    await used(client, 'one', 'count/configmaps', '1');
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
