import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  type Informer,
  type KubernetesObject,
  type V1ConfigMap,
} from '@kubernetes/client-node';

describe('@kubernetes/client-node', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function configOf(cluster: string): Promise<KubeConfig> {
    const config = new KubeConfig();
    config.loadFromFile(await server.kubeconfig(cluster));
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: 'demo' } } });
    return config;
  }

  it('reads and writes built-in kinds', async () => {
    const core = (await configOf('node-1')).makeApiClient(CoreV1Api);
    const made = await core.createNamespacedConfigMap({
      namespace: 'demo',
      body: { metadata: { name: 'a' }, data: { x: '1' } },
    });
    expect(made.metadata?.uid).toBeDefined();
    await core.replaceNamespacedConfigMap({
      namespace: 'demo',
      name: 'a',
      body: Object.assign(structuredClone(made), { data: { x: '2' } }),
    });
    await expect(core.replaceNamespacedConfigMap({ namespace: 'demo', name: 'a', body: made })).rejects.toMatchObject({
      code: 409,
    });
    expect((await core.readNamespacedConfigMap({ namespace: 'demo', name: 'a' })).data).toEqual({ x: '2' });
    await core.deleteNamespacedConfigMap({ namespace: 'demo', name: 'a' });
    expect(
      (await core.listNamespacedConfigMap({ namespace: 'demo' })).items.filter(
        ({ metadata }) => metadata?.name === 'a',
      ),
    ).toEqual([]);
  });

  it('follows objects with an informer: what is there, what comes, what changes, what goes', async () => {
    const config = await configOf('node-2');
    const core = config.makeApiClient(CoreV1Api);
    const write = (name: string, x: string): V1ConfigMap => ({
      metadata: { name, labels: { app: 'informed' } },
      data: { x },
    });
    await core.createNamespacedConfigMap({ namespace: 'demo', body: write('early', '1') });
    const informer = makeInformer<V1ConfigMap>(
      config,
      '/api/v1/namespaces/demo/configmaps',
      () => core.listNamespacedConfigMap({ namespace: 'demo', labelSelector: 'app=informed' }),
      'app=informed',
    );
    const events = collect(informer);
    await informer.start();
    try {
      await events.until('add early 1');
      await core.createNamespacedConfigMap({ namespace: 'demo', body: write('late', '1') });
      await events.until('add late 1');
      await core.replaceNamespacedConfigMap({ namespace: 'demo', name: 'late', body: write('late', '2') });
      await events.until('update late 2');
      await core.deleteNamespacedConfigMap({ namespace: 'demo', name: 'early' });
      await events.until('delete early 1');
      expect(events.seen).toEqual(['add early 1', 'add late 1', 'update late 2', 'delete early 1']);
    } finally {
      await informer.stop();
    }
  });

  it('works with custom kinds', async () => {
    const config = await configOf('node-3');
    const objects = KubernetesObjectApi.makeApiClient(config);
    await objects.create(widgets);
    await established(objects);
    const custom = config.makeApiClient(CustomObjectsApi);
    const where = { group: 'example.com', version: 'v1', namespace: 'demo', plural: 'widgets' };
    await custom.createNamespacedCustomObject({
      ...where,
      body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'clock' }, spec: { size: 12 } },
    });
    expect(await custom.getNamespacedCustomObject({ ...where, name: 'clock' })).toMatchObject({
      kind: 'Widget',
      spec: { size: 12 },
    });
    await expect(
      custom.createNamespacedCustomObject({
        ...where,
        body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'bad' }, spec: { size: 'big' } },
      }),
    ).rejects.toMatchObject({ code: 422 });
  });
});

const widgets: KubernetesObject & { spec: object } = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

interface Conditions extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function established(objects: KubernetesObjectApi): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const { apiVersion, kind } = widgets;
    const found: Conditions = await objects.read({
      apiVersion: apiVersion ?? '',
      kind: kind ?? '',
      metadata: { name: 'widgets.example.com' },
    });
    if (found.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) return;
  }
  throw new Error('widgets.example.com was not established');
}

interface Collected {
  readonly seen: readonly string[];
  /** Resolves when an event was seen; rejects after 10 s. */
  until(event: string): Promise<void>;
}

function collect(informer: Informer<V1ConfigMap>): Collected {
  const seen: string[] = [];
  let check = (): void => {};
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, ({ metadata, data }) => {
      seen.push(`${verb} ${metadata?.name} ${data?.['x']}`);
      check();
    });
  }
  return {
    seen,
    until: (event) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${event} among ${seen.join(', ')}`)), 10_000);
        check = () => {
          if (!seen.includes(event)) return;
          clearTimeout(timer);
          resolve();
        };
        check();
      }),
  };
}
