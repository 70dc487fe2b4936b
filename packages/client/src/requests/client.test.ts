import { describe, expect, it } from '@jest/globals';
import type { Transport, TransportRequest } from '@kcp/http';
import { parseScope, systemAdmin, wildcard } from '@kcp/logical-cluster';
import { createClient, type ClientOptions } from './client.ts';
import { defineKind } from './kind.ts';
import { kinds } from './kinds.ts';

/** A client whose requests are seen, and answered with an object. */
function seen(options: Omit<ClientOptions, 'transport'> = {}, answer: object = {}) {
  const requests: TransportRequest[] = [];
  const transport: Transport = (request) => {
    requests.push(request);
    const bytes = Buffer.from(JSON.stringify(answer));
    const headers = { warning: '299 - "careful"' };
    return Promise.resolve({
      status: 200,
      headers,
      body: (async function* () {})(),
      bytes: () => Promise.resolve(bytes),
    });
  };
  return { client: createClient({ ...options, transport }), requests, last: () => requests.at(-1) };
}

describe('a client of a logical cluster', () => {
  it.each([
    ['', 'root:org', '/clusters/root:org'],
    ['/', '*', '/clusters/*'],
    ['/clusters/root', 'root:org:team', '/clusters/root:org:team'],
    ['/clusters/root/', 'system:admin', '/clusters/system:admin'],
    ['/services/apiexport/root/x/clusters/*', 'abc', '/services/apiexport/root/x/clusters/abc'],
    ['/proxy', 'abc', '/proxy/clusters/abc'],
  ])('whose server is at %s, for %s, is at %s', (basePath, cluster, prefix) => {
    expect(seen({ basePath }).client.cluster(cluster).prefix).toBe(prefix);
  });

  it('takes values as it takes texts', () => {
    const { client } = seen();
    expect(client.cluster(wildcard).prefix).toBe('/clusters/*');
    expect(client.cluster(systemAdmin).prefix).toBe('/clusters/system:admin');
    expect(client.cluster(parseScope('a:b') ?? wildcard).prefix).toBe('/clusters/a:b');
    for (const text of ['', 'A', 'a/b', '../x', 'a::b']) expect(() => client.cluster(text)).toThrow(RangeError);
  });
});

describe('what a request looks like', () => {
  const deployments = defineKind<{ readonly metadata?: { readonly name?: string }; readonly spec?: object }>({
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    kind: 'Deployment',
  });

  it('has the path of its resource, and the type of its kind', async () => {
    const { client, last } = seen();
    await client
      .of(deployments)
      .namespace('a b')
      .update({ metadata: { name: 'x' } }, { dryRun: true });
    expect(last()).toMatchObject({
      method: 'PUT',
      target: '/apis/apps/v1/namespaces/a%20b/deployments/x?dryRun=All',
      body: Buffer.from('{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"}}'),
    });
    await client.of(deployments).namespace('n').subresource('scale').get('x');
    expect(last()?.target).toBe('/apis/apps/v1/namespaces/n/deployments/x/scale');
  });

  it('goes to the namespace that the object names', async () => {
    const { client, last } = seen();
    await client.of(kinds.ConfigMap).create({ metadata: { name: 'x', namespace: 'n' } });
    expect(last()?.target).toBe('/api/v1/namespaces/n/configmaps');
    await expect(async () => client.of(kinds.ConfigMap).update({ metadata: {} })).rejects.toThrow('metadata.name');
  });

  it('of an apply has a manager, and force where it was asked for', async () => {
    const { client, last } = seen();
    await client
      .of(deployments)
      .namespace('n')
      .apply({ metadata: { name: 'x' } }, { fieldManager: 'me', force: true });
    expect(last()).toMatchObject({
      method: 'PATCH',
      target: '/apis/apps/v1/namespaces/n/deployments/x?fieldManager=me&force=true',
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    await client
      .of(deployments)
      .namespace('n')
      .apply({ metadata: { name: 'x' } }, { fieldManager: 'me' });
    expect(last()?.target).not.toContain('force');
  });

  it('of a deletion has its options in its body', async () => {
    const { client, last } = seen();
    const options = { propagationPolicy: 'Foreground', gracePeriodSeconds: 0, dryRun: true } as const;
    await client.of(deployments).namespace('n').delete('x', options);
    expect(JSON.parse(Buffer.from(last()?.body ?? []).toString())).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 0,
      dryRun: ['All'],
    });
    await client.of(deployments).deleteCollection({ labelSelector: 'a=b', limit: 5 });
    expect(last()?.target).toBe('/apis/apps/v1/deployments?labelSelector=a%3Db&limit=5');
  });

  it('carries the client’s headers, and what was warned of is told', async () => {
    const warnings: string[] = [];
    const { client, last } = seen({
      userAgent: 'me/1',
      headers: { 'x-mine': 'y' },
      onWarning: ({ text }) => warnings.push(text),
    });
    await client.cluster('a').request('/version');
    expect(last()).toMatchObject({
      target: '/clusters/a/version',
      headers: { 'user-agent': 'me/1', 'x-mine': 'y', accept: 'application/json' },
    });
    expect(warnings).toEqual(['careful']);
  });

  it('is decoded by its kind', async () => {
    const decoded = defineKind<{ readonly metadata?: { readonly name: string }; readonly size: bigint }>({
      group: '',
      version: 'v1',
      resource: 'things',
      kind: 'Thing',
      decode: ({ size }) => ({ size: BigInt(typeof size === 'number' ? size : 0) }),
    });
    const { client } = seen({}, { kind: 'ThingList', apiVersion: 'v1', items: [{ size: 7 }], metadata: {} });
    expect(await client.of(decoded).list()).toEqual({
      items: [{ size: 7n }],
      metadata: { resourceVersion: '', continue: '', remainingItemCount: undefined },
    });
  });

  it('whose answer is no object is refused', async () => {
    const { client } = seen({}, [1]);
    await expect(client.request('/x')).rejects.toMatchObject({ name: 'ApiError', code: 500 });
    const list = seen({}, { items: 'none' });
    await expect(list.client.of(deployments).list()).rejects.toThrow('the answer is no list');
  });
});
