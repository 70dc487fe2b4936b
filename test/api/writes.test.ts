import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { map, maps, names, refusal, seen, withNamespace } from './fixture.ts';

let server: TestServer;
let client: LoopbackClient;

beforeAll(async () => {
  server = await startTestServer();
  client = await withNamespace(server.client('writes'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('a create', () => {
  it('gives what only the server gives', async () => {
    const { metadata } = seen(await client.create(maps, map('one', { k: 'v' }, { uid: 'mine', resourceVersion: '0' })));
    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(0);
    expect(metadata.annotations).toEqual({ 'kcp.io/cluster': 'writes' });
  });

  it('of a name that is taken is a conflict, of a bad one invalid', async () => {
    await client.create(maps, map('taken'));
    expect(await refusal(client.create(maps, map('taken')))).toMatchObject({ code: 409, reason: 'AlreadyExists' });
    expect(await refusal(client.create(maps, map('Bad_Name')))).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  it('needs its namespace', async () => {
    const elsewhere = '/api/v1/namespaces/nowhere/configmaps';
    expect(await refusal(client.create(elsewhere, map('a')))).toMatchObject({
      code: 404,
      message: 'namespaces "nowhere" not found',
    });
  });

  it('with generateName finds a name, also among many', async () => {
    const made = await Promise.all(
      Array.from({ length: 50 }, () => client.create(maps, { metadata: { generateName: 'gen-' } })),
    );
    expect(new Set(made.map((object) => seen(object).metadata.name)).size).toBe(50);
  });

  it('in a dry run says what it would do, and does not', async () => {
    const dry = await client.request(maps, { method: 'POST', body: map('dry'), query: { dryRun: 'All' } });
    expect(seen(dry).metadata.resourceVersion).toBeUndefined();
    expect(await refusal(client.get(`${maps}/dry`))).toMatchObject({ code: 404 });
  });

  it('takes keys that JavaScript treats differently, and touches no prototype', async () => {
    const body = JSON.parse(
      '{"metadata":{"name":"traps"},"data":{"__proto__":"p","constructor":"c","10":"x","9":"y"}}',
    );
    await client.create(maps, body);
    const { data } = seen(await client.get(`${maps}/traps`));
    expect(Object.keys(data ?? {}).sort()).toEqual(['10', '9', '__proto__', 'constructor']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe('an update', () => {
  it('with an old version is a conflict, without one overwrites', async () => {
    const first = await client.create(maps, map('versions', { k: '1' }));
    await client.replace(`${maps}/versions`, map('versions', { k: '2' }));
    expect(await refusal(client.replace(`${maps}/versions`, first))).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(seen(await client.get(`${maps}/versions`)).data).toEqual({ k: '2' });
  });

  it('that changes nothing keeps the version', async () => {
    const made = seen(await client.create(maps, map('same', { k: '1' })));
    const again = seen(await client.replace(`${maps}/same`, map('same', { k: '1' })));
    expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it('by many at once loses nothing: every patch is applied', async () => {
    await client.create(maps, map('busy'));
    await Promise.all(Array.from({ length: 8 }, (_, i) => client.patch(`${maps}/busy`, { data: { [`k${i}`]: 'v' } })));
    expect(Object.keys(seen(await client.get(`${maps}/busy`)).data ?? {})).toHaveLength(8);
  });

  it('by one writer of eight wins, the others hear of a conflict', async () => {
    const made = await client.create(maps, map('race'));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => client.replace(`${maps}/race`, { ...made, data: { by: `${i}` } })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('patches', () => {
  const patch = (name: string, type: string, body: never) =>
    client.request(`${maps}/${name}`, { method: 'PATCH', body, contentType: `application/${type}+json` });

  it('of all kinds change an object', async () => {
    await client.create(maps, map('patched', { a: '1', b: '2' }));
    await patch('patched', 'json-patch', [{ op: 'replace', path: '/data/a', value: 'x' }] as never);
    await patch('patched', 'merge-patch', { data: { b: null } } as never);
    const last = await patch('patched', 'strategic-merge-patch', { data: { c: '3' } } as never);
    expect(seen(last).data).toEqual({ a: 'x', c: '3' });
  });

  it('that do not apply, or are none, are refused', async () => {
    expect(
      await refusal(patch('patched', 'json-patch', [{ op: 'test', path: '/data/a', value: 'no' }] as never)),
    ).toMatchObject({ code: 422 });
    expect(await refusal(patch('patched', 'merge-patch', [] as never))).toMatchObject({ code: 400 });
    expect(await refusal(patch('patched', 'nonsense', {} as never))).toMatchObject({ code: 415 });
  });
});

describe('a delete', () => {
  it('waits for finalizers, and ends with the last one', async () => {
    await client.create(maps, map('held', {}, { finalizers: ['example.com/a'] }));
    expect(seen(await client.delete(`${maps}/held`)).metadata.deletionTimestamp).toBeDefined();
    expect(await refusal(client.create(maps, map('held')))).toMatchObject({
      message: 'object is being deleted: configmaps "held" already exists',
    });
    await client.patch(`${maps}/held`, { metadata: { finalizers: null } });
    expect(await refusal(client.get(`${maps}/held`))).toMatchObject({ code: 404 });
  });

  it('with a precondition that does not hold leaves everything', async () => {
    await client.create(maps, map('guarded'));
    const body = { preconditions: { uid: 'another' } };
    expect(await refusal(client.request(`${maps}/guarded`, { method: 'DELETE', body }))).toMatchObject({ code: 409 });
    expect(names(await client.get(maps, { fieldSelector: 'metadata.name=guarded' }))).toEqual(['guarded']);
  });

  it('of a collection takes what is selected', async () => {
    for (const name of ['d1', 'd2', 'd3'])
      await client.create(maps, map(name, {}, { labels: { group: name === 'd3' ? 'y' : 'x' } }));
    await client.request(maps, { method: 'DELETE', query: { labelSelector: 'group=x' } });
    expect(names(await client.get(maps, { labelSelector: 'group in (x,y)' }))).toEqual(['d3']);
  });
});
