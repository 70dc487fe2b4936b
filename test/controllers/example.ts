import type { KubeObject } from '@kcp/api-machinery';
import type { Client } from '@kcp/client';
import { done, generationChanged, listWatchOf, ObjectCache, Reflector, runControllers, watched } from '@kcp/controller';
import { steadyClock } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import { silentLogger, silentMeter } from '@kcp/telemetry';

const configMaps = { group: '', version: 'v1', resource: 'configmaps' };

/** What the README of @kcp/controller shows; a test runs it. Writes into each ConfigMap how many keys it has. */
export async function countKeys(client: Client, signal: AbortSignal): Promise<void> {
  const common = { clock: steadyClock, logger: silentLogger, meter: silentMeter };
  const cache = new ObjectCache<KubeObject>({ cluster: root, indexers: {} });
  const listWatch = listWatchOf(client.resource(configMaps), { labelSelector: 'counted' });
  const reflector = new Reflector({ name: 'configmaps', listWatch, cache, random: Math.random, ...common });
  await runControllers({
    controllers: [
      {
        name: 'count-keys',
        watches: [watched(reflector, { when: generationChanged })],
        reconcile: async (key, context) => {
          const object = cache.get(key);
          if (object === undefined) return done;
          const keys = String(Object.keys(object['data'] ?? {}).length);
          if (object.metadata.annotations?.['keys'] === keys) return done;
          const { resourceVersion = '' } = object.metadata;
          const patch = { metadata: { resourceVersion, annotations: { keys } } };
          await client
            .resource(configMaps)
            .namespace(key.namespace)
            .patch(key.name, { type: 'merge', patch }, { signal: context.signal });
          return done;
        },
      },
    ],
    signal,
    ...common,
  });
}
