import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { findEtcd, startEtcd, type TestEtcd } from '@kcp/storage/testing/etcd';
import { start, type LoopbackClient, type Server } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'kcp-shared-'));
let etcd: TestEtcd | undefined;
let prefixes = 0;

const found = await findEtcd();
if (found.kind === 'missing') process.stderr.write(`SKIPPED: servers on one etcd: ${found.reason}\n`);
const describeIfThere = found.kind === 'missing' ? describe.skip : describe;

beforeAll(async () => {
  if (found.kind === 'missing') return;
  etcd = await startEtcd({ program: found.program });
});

afterAll(async () => {
  await etcd?.[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const startOn = (prefix: string): Promise<Server> =>
  start({
    rootDirectory: mkdtempSync(join(root, 'server-')),
    etcd: { servers: [etcd?.url ?? ''], prefix },
    freezesObjects: true,
  });

const nextPrefix = (): string => `/servers-${(prefixes += 1)}`;

const namespaces = '/api/v1/namespaces';
const accounts = '/api/v1/namespaces/default/serviceaccounts';
const named = (name: string): JsonObject => ({ metadata: { name } });
const metadataOf = (object: JsonObject): { readonly name: string; readonly resourceVersion: string } =>
  object['metadata'] as { readonly name: string; readonly resourceVersion: string };

/** Waits for an object by watching for it. */
const appears = async (client: LoopbackClient, path: string, name: string): Promise<void> => {
  const list = await client.get(path);
  if ((list['items'] as JsonObject[]).some((item) => metadataOf(item).name === name)) return;
  const query = { resourceVersion: metadataOf(list).resourceVersion };
  for await (const { object } of client.watch(path, query, AbortSignal.timeout(20_000))) {
    if (metadataOf(object as JsonObject).name === name) return;
  }
  throw new Error(`${name} did not appear`);
};

describeIfThere('two servers on one etcd', () => {
  it('see the same objects at the same revisions, at once', async () => {
    const prefix = nextPrefix();
    await using one = await startOn(prefix);
    await using other = await startOn(prefix);
    const [here, there] = [one.client('blue'), other.client('blue')];
    for (let count = 0; count < 20; count += 1) {
      const made = await here.create(namespaces, named(`n${count}`));
      const seen = await there.get(`${namespaces}/n${count}`);
      expect(metadataOf(seen)).toMatchObject({ resourceVersion: metadataOf(made).resourceVersion });
      await there.delete(`${namespaces}/n${count}`);
      await expect(here.replace(`${namespaces}/n${count}`, made)).rejects.toMatchObject({ code: 409 });
    }
  });

  it('that start at the same time accept what either has issued', async () => {
    const prefix = nextPrefix();
    const [one, other] = await Promise.all([startOn(prefix), startOn(prefix)]);
    await using _ = one;
    await using __ = other;
    expect(other.adminToken).toBe(one.adminToken);
    expect(other.certificateAuthority).toBe(one.certificateAuthority);
    const admin = one.client('blue');
    await admin.create(namespaces, named('default')).catch(() => undefined);
    await admin.create(accounts, named('robot'));
    const asked = await admin.create(`${accounts}/robot/token`, { spec: {} });
    const { token } = asked['status'] as { readonly token: string };
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    expect(await other.client('blue').create(path, review)).toMatchObject({
      status: { authenticated: true, user: { username: 'system:serviceaccount:default:robot' } },
    });
  });

  it('have their controllers work on one of them, and on the other when that is gone', async () => {
    const prefix = nextPrefix();
    const first = await startOn(prefix);
    await using second = await startOn(prefix);
    const client = second.client('blue');
    await client.create(namespaces, named('before'));
    await appears(client, '/api/v1/namespaces/before/serviceaccounts', 'default');
    await first.stop();
    await client.create(namespaces, named('after'));
    await appears(client, '/api/v1/namespaces/after/serviceaccounts', 'default');
  });

  it('pass every event to the watchers of both', async () => {
    const prefix = nextPrefix();
    await using one = await startOn(prefix);
    await using other = await startOn(prefix);
    const servers = [one, other];
    const start = metadataOf(await one.client('blue').get(namespaces)).resourceVersion;
    const watching = Array.from({ length: 100 }, async (_unused, at) => {
      const client = servers[at % 2]?.client('blue');
      const told: string[] = [];
      if (client === undefined) return told;
      const query = { resourceVersion: start, fieldSelector: 'metadata.name!=default' };
      for await (const { object } of client.watch(namespaces, query, AbortSignal.timeout(25_000))) {
        const { name, resourceVersion } = metadataOf(object as JsonObject);
        if (name === 'end') break;
        told.push(`${name} ${resourceVersion}`);
      }
      return told;
    });
    const made = await Promise.all(
      Array.from({ length: 40 }, async (_unused, at) => {
        const object = await servers[at % 2]?.client('blue').create(namespaces, named(`n${at}`));
        return object === undefined ? '' : `${metadataOf(object).name} ${metadataOf(object).resourceVersion}`;
      }),
    );
    await one.client('blue').create(namespaces, named('end'));
    const revision = (line: string): number => Number(line.split(' ')[1]);
    const expected = made.toSorted((left, right) => revision(left) - revision(right));
    for (const told of await Promise.all(watching)) {
      expect(told.filter((line) => expected.includes(line))).toEqual(expected);
      expect(told.map(revision)).toEqual(told.map(revision).toSorted((left, right) => left - right));
    }
  });
});

describeIfThere('a server whose etcd is away', () => {
  it('says so with 503 and a wait, at /readyz too, and goes on when it is back', async () => {
    await using server = await start({
      rootDirectory: mkdtempSync(join(root, 'server-')),
      etcd: { servers: [etcd?.url ?? ''], prefix: nextPrefix(), readTimeoutMs: 2_000, commitTimeoutMs: 2_000 },
    });
    const client = server.client('blue');
    await client.create(namespaces, named('before'));
    await etcd?.kill();
    try {
      await expect(client.get(namespaces)).rejects.toMatchObject({ code: 503 });
      await expect(client.create(namespaces, named('meanwhile'))).rejects.toMatchObject({ code: 503 });
      await expect(client.request('/readyz')).rejects.toMatchObject({ code: 500 });
    } finally {
      await etcd?.start();
    }
    const again = async (): Promise<JsonObject> => {
      for (;;) {
        try {
          return await client.get(`${namespaces}/before`);
        } catch (error) {
          if ((error as { code?: number }).code !== 503) throw error;
        }
      }
    };
    expect(metadataOf(await again()).name).toBe('before');
    expect(metadataOf(await client.create(namespaces, named('after'))).name).toBe('after');
  });
});
