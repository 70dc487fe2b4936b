import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, type Json, type JsonObject } from '@kcp/api-machinery';
import { findEtcd, startEtcd, type TestEtcd } from '@kcp/storage/testing/etcd';
import { start, type LoopbackClient, type ServerOptions } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'kcp-event-expiry-'));
let etcd: TestEtcd | undefined;
const found = await findEtcd();
if (found.kind === 'missing') process.stderr.write(`SKIPPED: events in etcd: ${found.reason}\n`);
beforeAll(async () => {
  if (found.kind !== 'missing') etcd = await startEtcd({ program: found.program });
});
afterAll(async () => {
  await etcd?.[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const core = '/api/v1/namespaces/default/events';
const other = '/apis/events.k8s.io/v1/namespaces/default/events';

function coreEvent(name: string): JsonObject {
  const involvedObject = { kind: 'Namespace', namespace: 'default', name: 'default' };
  return { metadata: { name }, involvedObject, reason: 'Tried', message: 'tried', type: 'Normal' };
}

function otherEvent(name: string): JsonObject {
  return {
    metadata: { name },
    eventTime: '2026-01-02T03:04:05.000006Z',
    reportingController: 'example.com/tests',
    reportingInstance: 'tests-0',
    action: 'Trying',
    reason: 'Tried',
    regarding: { kind: 'Namespace', namespace: 'default', name: 'default' },
    type: 'Normal',
  };
}

function field(object: Json | undefined, name: string): Json | undefined {
  return object !== undefined && isObject(object) ? object[name] : undefined;
}

function nameOf(object: Json | undefined): string {
  const name = field(field(object, 'metadata'), 'name');
  return typeof name === 'string' ? name : '';
}

/** Waits until so many events were deleted, as a watcher sees it; their names. */
async function deleted(client: LoopbackClient, path: string, count: number): Promise<string[]> {
  const names: string[] = [];
  for await (const event of client.watch(path, {}, AbortSignal.timeout(25_000))) {
    if (event['type'] === 'DELETED') names.push(nameOf(event['object']));
    if (names.length === count) break;
  }
  return names.toSorted();
}

const folder = (): string => mkdtempSync(join(root, 'server-'));
const stores: readonly (readonly [string, () => ServerOptions])[] = [
  ['in memory', () => ({ storage: 'memory' })],
  ['on disk', () => ({ rootDirectory: folder() })],
  ['in etcd', () => ({ rootDirectory: folder(), etcd: { servers: [etcd?.url ?? ''], prefix: '/events' } })],
];

describe.each(found.kind === 'missing' ? stores.slice(0, 2) : stores)('events %s', (_where, options) => {
  it('vanish when their time is over, whichever group they came through, and watchers of both are told', async () => {
    await using server = await start({ ...options(), eventTtlMs: 1_000, freezesObjects: true });
    const client = server.client('root');
    const told = Promise.all([deleted(client, core, 2), deleted(client, other, 2)]);
    await client.create(core, coreEvent('a'));
    await client.create(other, otherEvent('b'));
    expect(await told).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect((await client.get(core))['items']).toEqual([]);
    expect((await client.get(other))['items']).toEqual([]);
  });
});

describe('events of a server that was stopped', () => {
  it('vanish after its next start; without an end they stay', async () => {
    const rootDirectory = folder();
    {
      await using server = await start({ rootDirectory, eventTtlMs: 0 });
      await server.client('root').create(core, coreEvent('kept'));
    }
    await using server = await start({ rootDirectory, eventTtlMs: 1_000 });
    expect(await deleted(server.client('root'), core, 1)).toEqual(['kept']);
  });
});
