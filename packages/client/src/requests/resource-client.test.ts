import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { connectionOf } from '../kubeconfig/connection.ts';
import { loadKubeconfig } from '../kubeconfig/load.ts';
import { kinds } from './kinds.ts';
import { connectClient, type NetworkClient } from './network-client.ts';
import { remaining } from './resource-client.ts';
import { continueAfterExpiry } from './status-error.ts';
import { endsInitialEvents, type WatchEvent } from './watch-events.ts';

const configMaps = { group: '', version: 'v1', resource: 'configmaps' };

describe('requests over HTTP/2', () => {
  let server: TestServer;
  let client: NetworkClient;

  beforeAll(async () => {
    server = await startTestServer();
    const paths = [await server.kubeconfig('home')];
    client = connectClient(connectionOf(await loadKubeconfig({ paths, required: true })));
    await client.of(kinds.Namespace).create({ metadata: { name: 'test' } });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const maps = (namespace = 'test') => client.of(kinds.ConfigMap).namespace(namespace);
  /** Every namespace has a map that nobody here made. */
  const own = 'metadata.name!=kube-root-ca.crt';
  const named = (name: string, data: Readonly<Record<string, string>> = {}) => ({ metadata: { name }, data });

  it('creates, gets, updates, patches and deletes', async () => {
    const made = await maps().create(named('a', { x: '1' }));
    expect(made.metadata.uid).toBeDefined();
    const changed = await maps().update({ ...made, data: { x: '2' } });
    expect(changed.data).toEqual({ x: '2' });
    await expect(maps().update({ ...made, data: { x: '3' } })).rejects.toMatchObject({
      name: 'ApiError',
      reason: 'Conflict',
      code: 409,
    });
    const merged = await maps().patch('a', { type: 'merge', patch: { data: { y: '1' } } });
    expect(merged.data).toEqual({ x: '2', y: '1' });
    const patched = await maps().patch('a', { type: 'json', patch: [{ op: 'remove', path: '/data/x' }] });
    expect(patched.data).toEqual({ y: '1' });
    const strategic = await maps().patch('a', { type: 'strategic', patch: { data: { z: '1' } } });
    expect(strategic.data).toEqual({ y: '1', z: '1' });
    expect(remaining(await maps().delete('a'))).toBeUndefined();
    await expect(maps().get('a')).rejects.toMatchObject({ reason: 'NotFound', details: { name: 'a' } });
  });

  it('lists in pages at one revision, and gives items their type', async () => {
    for (const name of ['p1', 'p2', 'p3']) {
      const map = { metadata: { name, labels: { of: 'pages' } } };
      await maps().create(map);
    }
    const seen: (string | undefined)[] = [];
    for await (const page of maps().pages({ limit: 2, labelSelector: 'of=pages' })) {
      seen.push(page.items.map(({ metadata }) => metadata.name).join());
      if (seen.length === 1) await maps().create({ metadata: { name: 'p4', labels: { of: 'pages' } } });
    }
    expect(seen).toEqual(['p1,p2', 'p3']);
    const dynamic = await client.resource(configMaps).namespace('test').list({ limit: 1 });
    expect(dynamic.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(dynamic.metadata.continue).not.toBe('');
    expect(dynamic.metadata.resourceVersion).toMatch(/^\d+$/);
  });

  it('goes through all items across pages', async () => {
    await client.of(kinds.Namespace).create({ metadata: { name: 'items' } });
    for (let at = 0; at < 5; at += 1) await maps('items').create(named(`i${at}`));
    const names: (string | undefined)[] = [];
    for await (const { metadata } of maps('items').items({ limit: 2, fieldSelector: `metadata.name!=i3,${own}` }))
      names.push(metadata.name);
    expect(names).toEqual(['i0', 'i1', 'i2', 'i4']);
  });

  it('surfaces a token that cannot be used', async () => {
    const error: unknown = await maps()
      .list({ continue: 'nonsense' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 400 });
    expect(continueAfterExpiry(error)).toBeUndefined();
  });

  it('follows changes, with bookmarks after the initial events', async () => {
    await client.of(kinds.Namespace).create({ metadata: { name: 'watched' } });
    await maps('watched').create(named('early'));
    const told: string[] = [];
    const stop = new AbortController();
    for await (const event of maps('watched').watch({
      sendInitialEvents: true,
      signal: stop.signal,
      fieldSelector: own,
    })) {
      told.push(tell(event));
      if (endsInitialEvents(event)) {
        await maps('watched').create(named('late'));
        await maps('watched').patch('late', { type: 'merge', patch: { data: { x: '1' } } });
        await maps('watched').delete('late');
      }
      if (told.length === 5) break;
    }
    expect(told).toEqual(['ADDED early', 'BOOKMARK', 'ADDED late', 'MODIFIED late', 'DELETED late']);
  });

  it('ends a watch by its signal, with the signal’s reason', async () => {
    const stop = new AbortController();
    const { metadata } = await maps().list();
    const watch = maps().watch({ resourceVersion: metadata.resourceVersion, signal: stop.signal });
    const next = watch.next();
    stop.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('ends a watch when the server says so', async () => {
    const { metadata } = await maps().list();
    const watch = maps().watch({ resourceVersion: metadata.resourceVersion, timeoutSeconds: 1 });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('keeps logical clusters apart', async () => {
    const other = client.cluster('other');
    await other.of(kinds.Namespace).create({ metadata: { name: 'test' } });
    await maps().create(named('here'));
    await expect(other.of(kinds.ConfigMap).namespace('test').get('here')).rejects.toMatchObject({ code: 404 });
    const all = await client.cluster('*').of(kinds.ConfigMap).list({ fieldSelector: 'metadata.name=here' });
    expect(all.items).toHaveLength(1);
    expect(() => client.cluster('Not A Cluster')).toThrow(RangeError);
  });

  it('does a dry run', async () => {
    await maps().create(named('dry'), { dryRun: true });
    await expect(maps().get('dry')).rejects.toMatchObject({ code: 404 });
  });

  it('deletes only what the preconditions are true of, and several at once', async () => {
    await client.of(kinds.Namespace).create({ metadata: { name: 'gone' } });
    const made = await maps('gone').create(named('a'));
    await maps('gone').create(named('b'));
    const preconditions = { uid: '00000000-0000-0000-0000-000000000000' };
    await expect(maps('gone').delete('a', { preconditions })).rejects.toMatchObject({ code: 409 });
    await maps('gone').delete('a', { preconditions: { uid: made.metadata.uid ?? '' } });
    await maps('gone').deleteCollection();
    expect((await maps('gone').list({ fieldSelector: own })).items).toEqual([]);
  });

  it('asks for a token of a service account', async () => {
    await client
      .of(kinds.ServiceAccount)
      .namespace('test')
      .create({ metadata: { name: 'robot' } });
    const answer = await client
      .of(kinds.ServiceAccount)
      .namespace('test')
      .subresource('token')
      .createFor('robot', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
    expect(answer).toMatchObject({ kind: 'TokenRequest', status: { token: expect.any(String) } });
  });

  it('refuses names that would be another path', () => {
    expect(() => maps().get('..')).toThrow(RangeError);
    expect(() => maps().get('')).toThrow(RangeError);
  });
});

function tell(event: WatchEvent<{ readonly metadata: { readonly name?: string } }>): string {
  return event.type === 'BOOKMARK' ? event.type : `${event.type} ${event.object.metadata.name}`;
}
