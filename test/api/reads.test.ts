import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { events, map, maps, names, refusal, seen, withNamespace } from './fixture.ts';

let server: TestServer;
let client: LoopbackClient;

beforeAll(async () => {
  server = await startTestServer();
  client = await withNamespace(server.client('reads'));
  for (const name of ['c', 'a', 'b', 'a-1', 'a.b']) {
    await client.create(maps, map(name, {}, { labels: { tier: name.length === 1 ? 'x' : 'y' } }));
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const all = ['a', 'a-1', 'a.b', 'b', 'c'];
/** Everything in the namespace but the certificate that every namespace has. */
const own = { fieldSelector: 'metadata.name!=kube-root-ca.crt' };

describe('a list', () => {
  it('is in key order, and a page at a time shows the same', async () => {
    expect(names(await client.get(maps, own))).toEqual(all);
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.get(maps, { ...own, limit: '2', ...(token !== undefined && { continue: token }) });
      found.push(...names(page));
      token = seen(page).metadata.continue;
    } while (token !== undefined && token !== '');
    expect(found).toEqual(all);
  });

  it('shows later pages as of the first one', async () => {
    const first = seen(await client.get(maps, { limit: '2', labelSelector: 'tier' }));
    await client.create(maps, map('zz', {}, { labels: { tier: 'late' } }));
    const rest = await client.get(maps, { labelSelector: 'tier', continue: first.metadata.continue ?? '' });
    expect(names(rest)).toEqual(['a.b', 'b', 'c']);
    await client.delete(`${maps}/zz`);
  });

  it('selects by labels and fields', async () => {
    expect(names(await client.get(maps, { labelSelector: 'tier in (y)' }))).toEqual(['a-1', 'a.b']);
    expect(names(await client.get(maps, { fieldSelector: 'metadata.name=b' }))).toEqual(['b']);
    expect(await refusal(client.get(maps, { fieldSelector: 'data.k=v' }))).toMatchObject({ code: 400 });
  });

  it('at a version shows that version, of the future nothing yet', async () => {
    const made = seen(await client.create(maps, map('short-lived')));
    await client.delete(`${maps}/short-lived`);
    const then = { resourceVersion: made.metadata.resourceVersion, resourceVersionMatch: 'Exact' };
    expect(names(await client.get(maps, then))).toContain('short-lived');
    expect(names(await client.get(maps))).not.toContain('short-lived');
    expect(await refusal(client.get(maps, { resourceVersion: '800000000000' }))).toMatchObject({
      code: 504,
      reason: 'Timeout',
    });
  });

  it('refuses a token that somebody made up', async () => {
    const forged = Buffer.from(JSON.stringify({ v: 'kcp.io/v1', rv: 1, start: '../../other/x' })).toString('base64url');
    expect(await refusal(client.get(maps, { continue: forged }))).toMatchObject({ code: 400 });
  });
});

describe('a watch', () => {
  const watch = (query: Readonly<Record<string, string>>) => client.watch(maps, query);
  const version = async (): Promise<string> => seen(await client.get(maps)).metadata.resourceVersion;

  it('begins with the present, then tells every change once', async () => {
    const told = events(watch({ labelSelector: 'tier=x' }), 4);
    await client.create(maps, map('live', {}, { labels: { tier: 'x' } }));
    expect(await told).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'ADDED live']);
    await client.delete(`${maps}/live`);
  });

  it('goes on where another one ended', async () => {
    const since = await version();
    const made = seen(await client.create(maps, map('r1')));
    await client.create(maps, map('r2'));
    await client.delete(`${maps}/r1`);
    expect(await events(watch({ resourceVersion: since }), 3)).toEqual(['ADDED r1', 'ADDED r2', 'DELETED r1']);
    expect(await events(watch({ resourceVersion: made.metadata.resourceVersion }), 2)).toEqual([
      'ADDED r2',
      'DELETED r1',
    ]);
    await client.delete(`${maps}/r2`);
  });

  it('tells an object that leaves its selection as deleted, one that enters as added', async () => {
    const since = await version();
    await client.create(maps, map('mover', {}, { labels: { set: 'in' } }));
    await client.patch(`${maps}/mover`, { metadata: { labels: { set: 'out' } } });
    await client.patch(`${maps}/mover`, { data: { k: 'unseen' } });
    await client.patch(`${maps}/mover`, { metadata: { labels: { set: 'in' } } });
    await client.delete(`${maps}/mover`);
    const told = await events(watch({ resourceVersion: since, labelSelector: 'set=in' }), 4);
    expect(told).toEqual(['ADDED mover', 'DELETED mover', 'ADDED mover', 'DELETED mover']);
  });

  it('sends initial events and says when they end', async () => {
    const query = {
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
      labelSelector: 'tier=x',
    };
    expect(await events(watch(query), 4)).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'BOOKMARK']);
  });

  it('ends after its time', async () => {
    expect(await events(watch({ resourceVersion: await version(), timeoutSeconds: '0' }), 1)).toEqual([]);
  });
});

describe('forms of an answer', () => {
  const as = (kind: string) => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` });
  const get = async (path: string, headers: Readonly<Record<string, string>>) =>
    server.wire('reads').request(path, { headers });

  it('are tables and metadata alone', async () => {
    const table = await get(`${maps}?fieldSelector=metadata.name%3Da`, as('Table'));
    expect(table.object).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 0, expect.any(String)] }] });
    const partial = await get(`${maps}/a`, as('PartialObjectMetadata'));
    expect(partial.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
    expect(partial.object).not.toHaveProperty('data');
  });

  it('are kept by their Etag where they can be', async () => {
    const first = await get('/openapi/v3', {});
    const { etag = '' } = first.headers;
    expect((await get('/openapi/v3', { 'if-none-match': etag })).status).toBe(304);
  });
});
