import { describe, expect, it } from '@jest/globals';
import { ApiError, type KubeObject } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { ObjectCache } from '../cache/object-cache.ts';
import { systemClock } from '../clock.ts';
import type { Lease, LeaseClient, LeaseRecord } from '../election/lease.ts';
import { done } from '../reconcile.ts';
import type { ListPage, WatchEvent } from '../reflector/list-watch.ts';
import { Reflector } from '../reflector/reflector.ts';
import { FakeClock, turn } from '../testing/index.ts';
import { watched } from '../source/watched.ts';
import { Health } from './health.ts';
import { runControllers, type RunOptions } from './run-controllers.ts';

/** An empty list, then the events that a test pushes; knows whether it is still watched. */
class Script {
  isWatched = false;
  #push: (event: WatchEvent<KubeObject>) => void = () => {};

  push(name: string, version: number): void {
    const metadata = { name, uid: name, resourceVersion: String(version) };
    this.#push({ type: 'ADDED', object: { apiVersion: 'v1', kind: 'Thing', metadata } });
  }

  async list(): Promise<ListPage<KubeObject>> {
    return { items: [], metadata: { resourceVersion: '1' } };
  }

  async *watch({ signal }: { signal: AbortSignal }): AsyncGenerator<WatchEvent<KubeObject>> {
    this.isWatched = true;
    try {
      while (!signal.aborted) {
        const next = Promise.withResolvers<WatchEvent<KubeObject> | undefined>();
        this.#push = next.resolve;
        signal.addEventListener('abort', () => next.resolve(undefined));
        const event = await next.promise;
        if (event !== undefined) yield event;
      }
    } finally {
      this.isWatched = false;
    }
  }
}

/** A Lease in memory, which a test can take away. */
class MemoryLease implements LeaseClient {
  lease: Lease | undefined;
  #version = 0;

  async read(): Promise<Lease | undefined> {
    return this.lease;
  }

  create(record: LeaseRecord): Promise<Lease> {
    return this.replace(undefined, record);
  }

  async replace(lease: Lease | undefined, record: LeaseRecord): Promise<Lease> {
    if (lease?.resourceVersion !== this.lease?.resourceVersion) throw new ApiError('Conflict', 'changed');
    return this.take(record);
  }

  take(record: LeaseRecord): Lease {
    this.#version += 1;
    this.lease = { record, resourceVersion: String(this.#version) };
    return this.lease;
  }
}

function prepare(more: Partial<RunOptions> = {}) {
  const clock = new FakeClock();
  const script = new Script();
  const cache = new ObjectCache<KubeObject>({ cluster: root, indexers: {} });
  const common = { clock, logger: silentLogger, meter: silentMeter };
  const reflector = new Reflector({
    name: 'things',
    listWatch: script,
    cache,
    random: () => 0,
    streams: false,
    ...common,
  });
  const stop = new AbortController();
  const health = new Health();
  const seen: string[] = [];
  const signals: AbortSignal[] = [];
  const definition = {
    name: 'test',
    watches: [watched(reflector)],
    reconcile: (key: { readonly name: string }, context: { readonly signal: AbortSignal }) => {
      seen.push(key.name);
      signals.push(context.signal);
      return done;
    },
  };
  const run = (): Promise<void> =>
    runControllers({ controllers: [definition], signal: stop.signal, health, ...common, ...more });
  return { clock, script, stop, health, seen, signals, run };
}

describe('controllers that are run', () => {
  it('work for as long as they are not stopped, and their watches end last', async () => {
    const { script, stop, health, seen, run } = prepare();
    expect(health.isReady).toBe(false);
    const running = run();
    await turn(10);
    expect([health.isReady, health.state]).toEqual([true, { synced: true, role: 'worker', workingControllers: 1 }]);
    for (const [at, name] of ['a', 'b', 'c'].entries()) {
      script.push(name, 2 + at);
      await turn();
      expect([seen.at(-1), script.isWatched]).toEqual([name, true]);
    }
    stop.abort();
    await running;
    expect(script.isWatched).toBe(false);
  });

  it('end at once where they are stopped before they begin', async () => {
    const { stop, seen, run, health } = prepare();
    stop.abort();
    await run();
    expect([seen, health.state.role]).toEqual([[], 'none']);
  });

  it('stop when the lease is another’s, keep their caches, and work again when they hold it', async () => {
    const leases = new MemoryLease();
    const election = { client: leases, identity: 'me', name: 'test', random: () => 0 };
    const { clock, script, stop, health, seen, signals, run } = prepare({ election });
    const running = run();
    await turn(10);
    expect(health.state.role).toBe('worker');
    script.push('a', 2);
    await turn();
    expect([seen, signals[0]?.aborted]).toEqual([['a'], false]);
    const now = clock.now();
    leases.take({ holder: 'other', durationSeconds: 15, acquiredAt: now, renewedAt: now, transitions: 1 });
    clock.advance(2_000);
    await turn(10);
    expect([health.state.role, health.isReady, signals[0]?.aborted]).toEqual(['candidate', true, true]);
    script.push('b', 3);
    await turn();
    expect([seen, script.isWatched]).toEqual([['a'], true]);
    for (let waited = 0; waited < 20; waited++) {
      clock.advance(1_000);
      await turn(10);
    }
    expect([health.state.role, seen]).toEqual(['worker', ['a', 'a', 'b']]);
    stop.abort();
    await turn(10);
    await running;
    expect([leases.lease?.record.holder, script.isWatched]).toEqual(['', false]);
  });

  it('say what is wrong with the settings of an election', async () => {
    const election = { client: new MemoryLease(), identity: '', name: 'test', random: () => 0 };
    await expect(prepare({ election, clock: systemClock }).run()).rejects.toThrow('identity');
  });
});
