import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transport } from '@kcp/http';
import { startTestServer, type TestServer } from '@kcp/testing';
import { connectionOf } from '../kubeconfig/connection.ts';
import { loadKubeconfig } from '../kubeconfig/load.ts';
import { createClient, type Client } from '../requests/client.ts';
import { networkTransport, type NetworkTransport } from '../transport/network-transport.ts';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'], categories: ['toys'] },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object' } },
      subresources: { status: {} },
    })),
  },
};
const definitions = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };

describe('discovery', () => {
  let server: TestServer;
  let network: NetworkTransport;
  /** What was asked, and how it was answered. */
  let asked: string[];
  /** Requests are changed by this before they go. */
  let spoil: (headers: Record<string, string | readonly string[]>) => object;
  let client: Client;

  beforeAll(async () => {
    server = await startTestServer();
    const connection = connectionOf(await loadKubeconfig({ paths: [await server.kubeconfig('a')], required: true }));
    network = networkTransport(connection);
    const transport: Transport = async (request) => {
      const response = await network.send({
        ...request,
        headers: { ...request.headers, ...spoil({ ...request.headers }) },
      });
      asked.push(`${request.target.replace('/clusters/a', '')} ${response.status}`);
      return response;
    };
    client = createClient({ transport, basePath: '/clusters/a' });
  });
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  function listen(change: typeof spoil = () => ({})): void {
    asked = [];
    spoil = change;
  }

  it('is two requests, and where nothing changed no document comes twice', async () => {
    listen();
    const discovery = client.discovery();
    const [one, other] = await Promise.all([discovery.catalog(), discovery.catalog()]);
    expect(other).toBe(one);
    expect(asked.sort()).toEqual(['/api 200', '/apis 200']);
    listen();
    expect(await discovery.catalog()).toBe(one);
    expect(asked.sort()).toEqual(['/api 304', '/apis 304']);
  });

  it('says the same where the server only knows the old form', async () => {
    listen();
    const aggregated = await client.discovery().catalog();
    listen(() => ({ accept: 'application/json' }));
    const plain = await client.discovery().catalog();
    expect(asked.length).toBeGreaterThan(2);
    expect(new Set(plain.resources.map(({ resource, version }) => `${resource} ${version}`))).toEqual(
      new Set(aggregated.resources.map(({ resource, version }) => `${resource} ${version}`)),
    );
    const of = ({ resources }: typeof plain) => resources.find(({ resource }) => resource === 'serviceaccounts');
    expect({ ...of(plain), subresources: [] }).toEqual({ ...of(aggregated), subresources: [] });
    expect(of(plain)?.subresources).toEqual(['token']);
  });

  it('finds resources by whatever a person calls them', async () => {
    listen();
    const mapper = client.discovery().mapper();
    for (const name of ['configmaps', 'configmap', 'cm', 'ConfigMap', 'CONFIGMAPS', 'configmaps.v1.'])
      expect(await mapper.find(name)).toMatchObject({ resource: 'configmaps', group: '', version: 'v1' });
    expect(await mapper.find('leases.coordination.k8s.io')).toMatchObject({ resource: 'leases' });
    expect(await mapper.find('leases.v1.coordination.k8s.io')).toMatchObject({ resource: 'leases' });
    expect(await mapper.resourceOf({ group: '', kind: 'Secret' })).toMatchObject({
      resource: 'secrets',
      namespaced: true,
    });
    for (const name of ['', 'leases.', 'leases.other.io', 'constructor', '__proto__'])
      expect(await mapper.find(name)).toBeUndefined();
  });

  it('asks again where it does not know a kind: a definition that came since is found', async () => {
    listen();
    const mapper = client.discovery().mapper();
    expect(await mapper.find('widgets')).toBeUndefined();
    await client.resource(definitions).create(definition);
    const watch = client.resource(definitions).watch({ fieldSelector: 'metadata.name=widgets.example.com' });
    for await (const { object } of watch) if (established(object)) break;
    expect(await mapper.find('wd')).toMatchObject({ resource: 'widgets', version: 'v1', subresources: ['status'] });
    expect(await mapper.find('widgets.v1beta1.example.com')).toMatchObject({ version: 'v1beta1' });
    expect(await mapper.resourceOf({ group: 'example.com', kind: 'Widget', version: 'v1beta1' })).toMatchObject({
      version: 'v1beta1',
    });
    expect((await mapper.category('toys')).map(({ resource, version }) => `${resource} ${version}`)).toEqual([
      'widgets v1',
    ]);
    listen();
    await mapper.find('wd');
    expect(asked).toEqual([]);
  });

  it('tells the server’s version and its OpenAPI documents', async () => {
    listen();
    const discovery = client.discovery();
    expect(await discovery.version()).toMatchObject({ major: '1', gitVersion: expect.stringMatching(/^v1\./) });
    const paths = await discovery.openApiPaths();
    expect(paths.map(({ path }) => path)).toContain('api/v1');
    expect(await discovery.openApi('api/v1')).toMatchObject({ openapi: '3.0.0' });
    await expect(discovery.openApi('apis/none/v1')).rejects.toMatchObject({ code: 404 });
  });
});

function established(object: object): boolean {
  const status = 'status' in object ? object.status : {};
  return /"type":"Established"[^}]*"status":"True"|"status":"True"[^}]*"type":"Established"/.test(
    JSON.stringify(status),
  );
}

describe('discovery of a server that is partly away', () => {
  it('says what is missing, and gives the rest', async () => {
    const answers: Record<string, object> = {
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          {
            name: 'gone.io',
            versions: [{ version: 'v1' }, { version: 'v2' }],
            preferredVersion: { version: 'v2' },
          },
        ],
      },
      '/api/v1': {
        resources: [
          { name: 'pods', kind: 'Pod', namespaced: true },
          { name: 'pods/log', kind: 'Pod' },
        ],
      },
      '/apis/gone.io/v2': { resources: [{ name: 'things', kind: 'Thing' }] },
    };
    const transport: Transport = ({ target }) => {
      const answer = answers[target];
      const bytes = () => Promise.resolve(Buffer.from(JSON.stringify(answer ?? {})));
      return Promise.resolve({ status: answer ? 200 : 503, headers: {}, body: (async function* () {})(), bytes });
    };
    const catalog = await createClient({ transport }).discovery().catalog();
    expect(catalog.missing).toEqual(['gone.io/v1']);
    expect(catalog.groups).toEqual([
      { group: '', versions: ['v1'] },
      { group: 'gone.io', versions: ['v2', 'v1'] },
    ]);
    expect(catalog.resources.map(({ resource, subresources }) => [resource, subresources])).toEqual([
      ['pods', ['log']],
      ['things', []],
    ]);
  });
});
