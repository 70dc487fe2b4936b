import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isArray, isObject, own, type JsonObject } from '@kcp/api-machinery';
import type { Client } from '@kcp/client';
import {
  EventRecorder,
  eventSinkOf,
  leaseClientOf,
  runElection,
  steadyClock,
  systemClock,
  type Term,
} from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { startTestServer, type TestServer } from '@kcp/testing';
import { startCuttingProxy } from './cutting-proxy.ts';
import { clientThrough } from './reflected.ts';

let server: TestServer;
let client: Client & AsyncDisposable;
beforeAll(async () => {
  server = await startTestServer();
  await server.client('led').create('/api/v1/namespaces', { metadata: { name: 'default' } });
  client = clientThrough(server, 'led', Number(new URL(server.url).port));
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const timing = { leaseDurationMs: 1_000, renewDeadlineMs: 700, retryPeriodMs: 150 };
const common = { clock: steadyClock, random: Math.random, logger: silentLogger, meter: silentMeter };

function candidate(through: Client, identity: string, stop: AbortSignal) {
  const started = Promise.withResolvers<Term>();
  const options = {
    ...common,
    ...timing,
    identity,
    name: 'x',
    client: leaseClientOf(through, { namespace: 'default', name: 'x' }),
  };
  const lead = (term: Term): Promise<void> => {
    started.resolve(term);
    return new Promise((resolve) => {
      for (const signal of [stop, term.signal]) signal.addEventListener('abort', () => resolve());
    });
  };
  return { started: started.promise, ended: runElection(options, lead, stop) };
}

const readLease = (): Promise<JsonObject> =>
  server.client('led').get('/apis/coordination.k8s.io/v1/namespaces/default/leases/x');

it('a leader that is cut off from the server stops before another leads, with real Leases', async () => {
  await using proxy = await startCuttingProxy(Number(new URL(server.url).port));
  await using far = clientThrough(server, 'led', proxy.port);
  const [stopA, stopB] = [new AbortController(), new AbortController()];
  const a = candidate(far, 'a', stopA.signal);
  const termA = await a.started;
  // what others put into the lease stays
  await server
    .client('led')
    .patch('/apis/coordination.k8s.io/v1/namespaces/default/leases/x', { metadata: { labels: { theirs: '1' } } });
  const b = candidate(client, 'b', stopB.signal);
  proxy.lead(1);
  proxy.cut();
  const lost = a.ended;
  const termB = await b.started;
  expect([termA.isCurrent(), termA.signal.aborted, termB.isCurrent()]).toEqual([false, true, true]);
  expect(await lost).toBe('lost');
  const { metadata, spec } = await readLease();
  expect(spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1, leaseDurationSeconds: 1 });
  expect(isObject(metadata) && own(metadata, 'labels')).toEqual({ theirs: '1' });
  stopB.abort();
  expect(await b.ended).toBe('left');
  expect((await readLease())['spec']).toMatchObject({ holderIdentity: '' });
});

it('events are created and counted on the server', async () => {
  const recorder = new EventRecorder({
    sink: eventSinkOf(() => client),
    reporter: { controller: 'kcp.io/test', instance: 'test-1' },
    clock: systemClock,
    logger: silentLogger,
    meter: silentMeter,
  });
  const made = await server.client('led').create('/api/v1/namespaces/default/configmaps', { metadata: { name: 'a' } });
  const [found] = await client
    .resource({ group: '', version: 'v1', resource: 'configmaps' })
    .namespace('default')
    .list()
    .then(({ items }) => items.filter(({ metadata }) => metadata.name === 'a'));
  if (found === undefined) throw new Error('not there');
  const occurrence = {
    cluster: root,
    regarding: found,
    type: 'Normal',
    reason: 'Seen',
    action: 'See',
    note: 'saw it',
  } as const;
  const path = '/apis/events.k8s.io/v1/namespaces/default/events';
  const watch = server.client('led').watch(path);
  recorder.record(occurrence);
  const counts: unknown[] = [];
  for await (const { object } of watch) {
    const series = isObject(object) ? own(object, 'series') : undefined;
    counts.push(isObject(series) ? own(series, 'count') : undefined);
    if (counts.length === 2) break;
    recorder.record(occurrence);
  }
  await recorder[Symbol.asyncDispose]();
  expect(counts).toEqual([undefined, 2]);
  const { items } = await server.client('led').get(path);
  expect(items !== undefined && isArray(items) && items.length).toBe(1);
  expect(JSON.stringify(items)).toContain(
    JSON.stringify(own(isObject(made['metadata']) ? made['metadata'] : {}, 'uid')),
  );
});
