import type { KubeObject } from '@kcp/api-machinery';
import { connectClient, type Client } from '@kcp/client';
import { listWatchOf, ObjectCache, Reflector, type ListWatch, type ObjectChange } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import type { TestServer } from '@kcp/testing';
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts';
import { hurriedClock } from './hurried-clock.ts';

export const configMaps = { group: '', version: 'v1', resource: 'configmaps' };

/** A reflector of a cluster's ConfigMaps behind a proxy, and all that it told. */
export interface Reflected extends AsyncDisposable {
  readonly proxy: CuttingProxy;
  readonly reflector: Reflector<KubeObject>;
  readonly cache: ObjectCache<KubeObject>;
  readonly told: ObjectChange[];
}

export interface ReflectedOptions {
  readonly cluster: string;
  readonly streams: boolean;
  readonly random?: () => number;
  readonly silenceMs?: number;
  /** May put itself between the reflector and the server. */
  readonly between?: (listWatch: ListWatch<KubeObject>) => ListWatch<KubeObject>;
}

/** A client of a test server, by way of a proxy. */
export function clientThrough(server: TestServer, cluster: string, port: number): Client & AsyncDisposable {
  const connection = {
    server: `https://127.0.0.1:${port}/clusters/${cluster}`,
    authority: { kind: 'data', pem: server.server.certificateAuthority },
    credential: { kind: 'token', token: server.tokenOf('admin') },
  } as const;
  return connectClient(connection, { retries: { tries: 1 } });
}

export async function reflect(server: TestServer, options: ReflectedOptions): Promise<Reflected> {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await startCuttingProxy(Number(new URL(server.url).port)));
  const client = stack.use(clientThrough(server, options.cluster, proxy.port));
  const cache = new ObjectCache<KubeObject>({ cluster: options.cluster === '*' ? undefined : root, indexers: {} });
  const told: ObjectChange[] = [];
  cache.follow({ change: (change) => void told.push(change), drained: () => undefined });
  const listWatch = listWatchOf(client.resource(configMaps));
  const reflector = stack.use(
    new Reflector({
      name: 'configmaps',
      listWatch: options.between?.(listWatch) ?? listWatch,
      cache,
      clock: hurriedClock(40),
      random: options.random ?? Math.random,
      logger: silentLogger,
      meter: silentMeter,
      streams: options.streams,
      ...(options.silenceMs !== undefined && { silenceMs: options.silenceMs }),
    }),
  );
  const owned = stack.move();
  return { proxy, reflector, cache, told, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Fulfils when something holds; looks after every change that is told. */
export function until(cache: ObjectCache<KubeObject>, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const following = cache.follow({
      change: () => {
        if (!holds()) return;
        following[Symbol.dispose]();
        resolve();
      },
      drained: () => undefined,
    });
    if (!holds()) return;
    following[Symbol.dispose]();
    resolve();
  });
}
