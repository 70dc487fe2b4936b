import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditWebhookSettings } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { startHook, type TestHook } from './test-hook.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-audit-'));
  await writeFile(
    join(folder, 'policy.yaml'),
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata, verbs: [create], users: [admin] }]\n',
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function serverWith(hook: TestHook, settings: Partial<AuditWebhookSettings> = {}): Promise<TestServer> {
  const configFile = join(folder, 'hook.kubeconfig');
  await writeFile(configFile, hook.kubeconfig);
  return startTestServer({ audit: { policyFile: join(folder, 'policy.yaml'), webhook: { configFile, ...settings } } });
}
const create = async (server: TestServer, name: string): Promise<number> =>
  (await server.wire('root').request('/api/v1/namespaces', { method: 'POST', body: { metadata: { name } } })).status;

describe('a webhook', () => {
  it('has events before the answer in mode blocking', async () => {
    await using hook = await startHook(200);
    await using server = await serverWith(hook, { mode: 'blocking' });
    expect(await create(server, 'a')).toBe(201);
    expect(hook.requests).toMatchObject([
      { authorization: 'Bearer a-token', list: { kind: 'EventList', items: [{ stage: 'RequestReceived' }] } },
      { list: { items: [{ stage: 'ResponseComplete' }] } },
    ]);
  });

  it('has events in batches, the last when the server stops', async () => {
    await using hook = await startHook(200);
    {
      await using server = await serverWith(hook);
      for (const name of ['a', 'b', 'c']) expect(await create(server, name)).toBe(201);
      expect(hook.requests).toEqual([]);
    }
    expect(hook.requests.map(({ list }) => list.items.length)).toEqual([6]);
  });

  it('that hangs holds up nobody who does not want to wait', async () => {
    await using hook = await startHook('never');
    const batch = { bufferSize: 2, maxSize: 1, maxWaitMs: 0, throttle: undefined };
    const server = await serverWith(hook, { batch });
    for (let at = 0; at < 30; at += 1) expect(await create(server, `n${at}`)).toBe(201);
    expect(hook.requests.length).toBeLessThanOrEqual(10);
    await hook[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('that fails refuses requests in mode blocking-strict, and nothing is written', async () => {
    const hook = await startHook(500);
    await using server = await serverWith(hook, { mode: 'blocking-strict', initialBackoffMs: 1 });
    expect(await create(server, 'a')).toBe(500);
    expect(hook.requests.length).toBe(5);
    await hook[Symbol.asyncDispose]();
    expect(await create(server, 'a')).toBe(500);
    await expect(server.client('root').get('/api/v1/namespaces/a')).rejects.toMatchObject({ code: 404 });
  });

  it.each([
    ['clusters: [', /hook.kubeconfig/],
    ['{"clusters": []}', /no cluster with a server is named/],
    ['{"clusters": [{"name": "a", "cluster": {"server": "ftp://a"}}]}', /is no https URL/],
  ])('whose configuration is %j ends the start', async (kubeconfig, message) => {
    const hook = { kubeconfig } as TestHook;
    await expect(serverWith(hook)).rejects.toThrow(message);
  });

  it('without a policy records nothing, and a wrong policy ends the start', async () => {
    await using hook = await startHook(200);
    const file = join(folder, 'hook.kubeconfig');
    await writeFile(file, hook.kubeconfig);
    await using server = await startTestServer({ audit: { webhook: { configFile: file, mode: 'blocking' } } });
    expect(await create(server, 'a')).toBe(201);
    expect(hook.requests).toEqual([]);
    await writeFile(
      join(folder, 'policy.yaml'),
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: All }]\n',
    );
    await expect(serverWith(hook)).rejects.toThrow(/policy.yaml: rules\[0\].level: Unsupported value: "All"/);
  });
});
