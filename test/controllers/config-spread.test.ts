import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { formatTestKubeconfig, formatTokenFile, openWire, startServerProcess } from '@kcp/testing';
import type { ServerProcess, Wire } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';
import { startControllerProcess } from './controller-process.ts';

const spreads = '/apis/contrib.kcp.io/v1alpha1/configspreads';
const LIMIT_MS = 20_000;

let folder: string;
let port: number;
let server: ServerProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-spread-'));
  await writeFile(join(folder, 'tokens.csv'), formatTokenFile());
  port = await freePort();
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function startServer(): Promise<ServerProcess> {
  const where = ['--root-directory', join(folder, 'root'), '--token-auth-file', join(folder, 'tokens.csv')];
  const listen = ['--bind-address', '127.0.0.1', '--secure-port', String(port)];
  return startServerProcess({ program: kcpProgram, arguments: ['start', ...where, ...listen] });
}

function wireTo(cluster: string): Wire {
  const authority = server.certificateAuthority;
  return openWire({ url: `https://127.0.0.1:${port}/clusters/${cluster}`, token: 'admin-token', authority });
}

async function kubeconfigOf(cluster: string): Promise<string> {
  const path = join(folder, `${cluster}.kubeconfig`);
  const at = { server: `https://127.0.0.1:${port}/clusters/${cluster}`, token: 'admin-token' };
  await writeFile(path, formatTestKubeconfig({ ...at, authority: server.certificateAuthority }));
  return path;
}

/** The last state of an object that a watch shows when something holds; fails after a while. */
async function until(
  wire: Wire,
  path: string,
  holds: (object: JsonObject, type: string) => boolean,
): Promise<JsonObject> {
  const [, collection = '', name = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
  using watch = await wire.watch(`${collection}?watch=true&fieldSelector=metadata.name%3D${name}`);
  const deadline = performance.now() + LIMIT_MS;
  let last: JsonObject | undefined;
  while (performance.now() < deadline) {
    const [event] = await watch.take(1, Math.ceil(deadline - performance.now()));
    if (event === undefined) break;
    const [type, object] = [own(event, 'type'), own(event, 'object')];
    if (typeof type !== 'string' || !isObject(object)) continue;
    last = object;
    if (holds(object, type)) return object;
  }
  throw new Error(`${path} did not come to that in ${LIMIT_MS} ms: ${JSON.stringify(last)}`);
}

function at(object: JsonObject, ...path: string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const member of path) value = isObject(value) ? own(value, member) : undefined;
  return value;
}

function has(object: JsonObject, type: string, status: string): boolean {
  const conditions = at(object, 'status', 'conditions');
  if (conditions === undefined || !isArray(conditions)) return false;
  return conditions.some((entry) => isObject(entry) && own(entry, 'type') === type && own(entry, 'status') === status);
}

function isReady(object: JsonObject, status = 'True'): boolean {
  const isCurrent = at(object, 'status', 'observedGeneration') === at(object, 'metadata', 'generation');
  return isCurrent && has(object, 'Ready', status);
}

const ok = async (wire: Wire, path: string, request: Parameters<Wire['request']>[1]): Promise<JsonObject> => {
  const answer = await wire.request(path, request);
  expect([path, answer.status < 300, answer.text]).toEqual([path, true, answer.text]);
  return answer.object;
};
const merge = { method: 'PATCH', contentType: 'application/merge-patch+json' };
const copyIn = (namespace: string, name = 'motd'): string => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

async function prepare(cluster: string): Promise<Wire> {
  const wire = wireTo(cluster);
  const crd = await readFile(new URL('../../contrib/controllers/config-spread/crd.yaml', import.meta.url), 'utf8');
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await ok(wire, definitions, { method: 'POST', text: crd, contentType: 'application/yaml' });
  await until(wire, `${definitions}/configspreads.contrib.kcp.io`, (object) => has(object, 'Established', 'True'));
  for (const [name, tier] of [
    ['default', 'none'],
    ['team-a', 'web'],
    ['team-b', 'web'],
    ['team-c', 'db'],
  ]) {
    await ok(wire, '/api/v1/namespaces', {
      method: 'POST',
      body: { metadata: { name: name ?? '', labels: { tier: tier ?? '' } } },
    });
  }
  return wire;
}

function spread(name: string, data: Readonly<Record<string, string>>): JsonObject {
  return {
    apiVersion: 'contrib.kcp.io/v1alpha1',
    kind: 'ConfigSpread',
    metadata: { name },
    spec: { namespaceSelector: { matchLabels: { tier: 'web' } }, data },
  };
}

describe('the example controller, as a process of its own', () => {
  it('makes copies, mends them, survives a restart of the server and cleans up', async () => {
    using wire = await prepare('spread');
    await using controller = await startControllerProcess('--kubeconfig', await kubeconfigOf('spread'));
    await ok(wire, spreads, { method: 'POST', body: spread('motd', { text: 'hello' }) });
    const made = await until(wire, `${spreads}/motd`, (object) => isReady(object));
    expect(at(made, 'metadata', 'finalizers')).toEqual(['contrib.kcp.io/config-spread']);
    expect(at(made, 'status', 'copies')).toBe(2);
    const copy = (await wire.request(copyIn('team-a'))).object;
    expect([at(copy, 'data'), at(copy, 'metadata', 'labels')]).toEqual([
      { text: 'hello' },
      { 'contrib.kcp.io/config-spread': 'motd' },
    ]);
    expect(at(copy, 'metadata', 'ownerReferences')).toMatchObject([
      { kind: 'ConfigSpread', name: 'motd', controller: true },
    ]);
    expect((await wire.request(copyIn('team-c'))).status).toBe(404);

    // drift: changed, deleted, robbed of its label
    await ok(wire, copyIn('team-a'), { ...merge, body: { data: { text: 'spoiled', more: 'x' } } });
    await until(wire, copyIn('team-a'), (object) => JSON.stringify(at(object, 'data')) === '{"text":"hello"}');
    await ok(wire, copyIn('team-b'), { method: 'DELETE' });
    await until(wire, copyIn('team-b'), (object, type) => type !== 'DELETED' && at(object, 'data', 'text') === 'hello');
    await ok(wire, copyIn('team-a'), {
      ...merge,
      body: { metadata: { labels: { 'contrib.kcp.io/config-spread': null } } },
    });
    await until(
      wire,
      copyIn('team-a'),
      (object) => at(object, 'metadata', 'labels', 'contrib.kcp.io/config-spread') === 'motd',
    );

    // namespaces come and go
    await ok(wire, '/api/v1/namespaces/team-c', { ...merge, body: { metadata: { labels: { tier: 'web' } } } });
    await until(wire, copyIn('team-c'), (object, type) => type === 'ADDED' && at(object, 'data', 'text') === 'hello');
    using gone = await wire.watch(`/api/v1/namespaces/team-c/configmaps?watch=true&fieldSelector=metadata.name%3Dmotd`);
    await ok(wire, '/api/v1/namespaces/team-c', { ...merge, body: { metadata: { labels: { tier: 'db' } } } });
    const events = await gone.take(2, LIMIT_MS);
    expect(events.map((event) => own(event, 'type'))).toEqual(['ADDED', 'DELETED']);

    // the server goes away and comes back
    await server.stop();
    server = await startServer();
    await ok(wire, `${spreads}/motd`, { ...merge, body: { spec: { data: { text: 'changed' } } } });
    await until(wire, copyIn('team-a'), (object) => at(object, 'data', 'text') === 'changed');
    await until(wire, `${spreads}/motd`, (object) => isReady(object));

    // deletion waits for the copies
    const list = '/api/v1/configmaps?labelSelector=contrib.kcp.io/config-spread';
    expect(at((await wire.request(list)).object, 'items')).toHaveLength(2);
    await ok(wire, `${spreads}/motd`, { method: 'DELETE' });
    const left = await wire.request(`${spreads}/motd`);
    if (left.status === 200)
      await until(wire, `${spreads}/motd`, (_object, type) => type === 'DELETED').catch(() => undefined);
    expect((await wire.request(`${spreads}/motd`)).status).toBe(404);
    expect(at((await wire.request(list)).object, 'items')).toEqual([]);

    const told = (await wire.request('/apis/events.k8s.io/v1/events')).text;
    expect(told).toContain('"reason":"Spread"');
    expect(await controller.metrics()).toMatch(
      /controller_runtime_reconcile_total\{controller="config-spread",result="success"\} [1-9]/,
    );
    expect(await controller.stop()).toBe(0);
  }, 90_000);

  it('leaves what is another owner’s alone, and says so', async () => {
    using wire = await prepare('taken');
    await ok(wire, '/api/v1/namespaces/team-a/configmaps', {
      method: 'POST',
      body: { metadata: { name: 'motd' }, data: { mine: 'yes' } },
    });
    await using _controller = await startControllerProcess('--kubeconfig', await kubeconfigOf('taken'));
    await ok(wire, spreads, { method: 'POST', body: spread('motd', { text: 'hello' }) });
    const object = await until(wire, `${spreads}/motd`, (object) => isReady(object, 'False'));
    expect(JSON.stringify(at(object, 'status'))).toContain('NameTaken');
    expect(at((await wire.request(copyIn('team-a'))).object, 'data')).toEqual({ mine: 'yes' });
    expect(at((await wire.request(copyIn('team-b'))).object, 'data')).toEqual({ text: 'hello' });
  }, 60_000);

  it('is taken over within the lease time when its leader is killed', async () => {
    using wire = await prepare('led');
    const flags = ['--kubeconfig', await kubeconfigOf('led'), '--leader-elect', '--leader-elect-lease-duration', '3s'];
    const timing = ['--leader-elect-renew-deadline', '2s', '--leader-elect-retry-period', '500ms'];
    await using first = await startControllerProcess(...flags, ...timing);
    await ok(wire, spreads, { method: 'POST', body: spread('before', { text: '1' }) });
    await until(wire, `${spreads}/before`, (object) => isReady(object));
    await using second = await startControllerProcess(...flags, ...timing);
    expect(await first.state()).toMatchObject({ role: 'worker' });
    const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/config-spread';
    const holder = at((await wire.request(lease)).object, 'spec', 'holderIdentity');
    await first.kill();
    const killed = performance.now();
    await ok(wire, spreads, { method: 'POST', body: spread('after', { text: '2' }) });
    await until(wire, `${spreads}/after`, (object) => isReady(object));
    const took = Math.round(performance.now() - killed);
    const now = (await wire.request(lease)).object;
    expect(at(now, 'spec', 'holderIdentity')).not.toBe(holder);
    expect(at(now, 'spec', 'leaseTransitions')).toBe(1);
    expect(await second.state()).toMatchObject({ role: 'worker', synced: true });
    process.stdout.write(`config-spread: taken over ${took} ms after kill -9 (lease 3 s, retry up to 1.1 s)\n`);
    expect(took).toBeLessThan(3_000 + 1_100 + 2_000);
    expect(await second.stop()).toBe(0);
    expect(at((await wire.request(lease)).object, 'spec', 'holderIdentity')).toBe('');
  }, 60_000);
});
