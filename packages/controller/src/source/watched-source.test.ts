import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { ObjectCache } from '../cache/object-cache.ts';
import { startController, type Controller } from '../controller.ts';
import type { ListPage, ListWatch, WatchEvent } from '../reflector/list-watch.ts';
import { Reflector } from '../reflector/reflector.ts';
import { done } from '../reconcile.ts';
import { FakeClock, turn } from '../testing/index.ts';
import { ownerKeys } from './key-mapping.ts';
import { generationChanged } from './predicates.ts';
import { WatchedSource } from './watched-source.ts';
import { watched, type Watched, type WatchedChange } from './watched.ts';

/** A server's answers as a test gives them: one list, then whatever is pushed. */
class Script implements ListWatch<KubeObject> {
  readonly listed = Promise.withResolvers<ListPage<KubeObject>>();
  taken = 0;
  #events: WatchEvent<KubeObject>[] = [];
  #wake = (): void => {};

  answer(...items: KubeObject[]): void {
    this.listed.resolve({ items, metadata: { resourceVersion: '10' } });
  }

  push(...events: WatchEvent<KubeObject>[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  list({ signal }: { signal: AbortSignal }): Promise<ListPage<KubeObject>> {
    signal.addEventListener('abort', () => this.listed.reject(new Error('aborted')));
    return this.listed.promise;
  }

  async *watch({ signal }: { signal: AbortSignal }): AsyncGenerator<WatchEvent<KubeObject>> {
    signal.addEventListener('abort', () => this.#wake());
    while (!signal.aborted) {
      for (const event of this.#events.splice(0, 1)) {
        this.taken += 1;
        yield event;
      }
      if (this.#events.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

interface Made {
  readonly version?: number;
  readonly generation?: number;
  readonly owner?: string;
}

function made(name: string, { version = 5, generation = 1, owner }: Made = {}): KubeObject {
  const owners = owner === undefined ? [] : [{ apiVersion: 'demo.io/v1', kind: 'Parent', name: owner, uid: owner }];
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: {
      name,
      namespace: 'n',
      uid: name,
      resourceVersion: String(version),
      generation,
      ownerReferences: owners,
    },
  };
}

describe('a controller over what it watches', () => {
  let clock: FakeClock;
  let parents: Script;
  let children: Script;
  let reflectors: Reflector<KubeObject>[];
  let seen: string[];
  beforeEach(() => {
    clock = new FakeClock();
    [parents, children] = [new Script(), new Script()];
    reflectors = [parents, children].map(
      (listWatch, at) =>
        new Reflector({
          name: `r${at}`,
          listWatch,
          cache: new ObjectCache<KubeObject>({ cluster: root, indexers: {} }),
          clock,
          random: () => 0,
          logger: silentLogger,
          meter: silentMeter,
          streams: false,
        }),
    );
    for (const reflector of reflectors) reflector.start();
    seen = [];
  });

  const [own, owned]: ((reflector: Reflector<KubeObject>) => Watched)[] = [
    (reflector) => watched(reflector, { when: generationChanged }),
    (reflector) => watched(reflector, { keysOf: ownerKeys({ group: 'demo.io', kind: 'Parent', isNamespaced: true }) }),
  ];
  const start = (...watches: Watched[]): Controller =>
    startController<WatchedChange>({
      name: 'test',
      source: new WatchedSource(watches, clock),
      keysOf: (change) => change(),
      reconcile: ({ name }) => {
        seen.push(name);
        return done;
      },
      concurrency: 1,
      clock,
      logger: silentLogger,
      meter: silentMeter,
    });
  const both = (): Watched[] => {
    const [first, second] = reflectors;
    return first === undefined || second === undefined || own === undefined || owned === undefined
      ? []
      : [own(first), owned(second)];
  };
  const stop = async (controller: Controller): Promise<void> => {
    for (const reflector of reflectors) await reflector[Symbol.asyncDispose]();
    await controller[Symbol.asyncDispose]();
  };

  it('reconciles nothing before every cache holds what there is, then each key once', async () => {
    const controller = start(...both());
    parents.answer(made('a'), made('b'));
    parents.push({ type: 'MODIFIED', object: made('a', { version: 11, generation: 2 }) });
    await turn();
    expect(seen).toEqual([]);
    children.answer(made('x', { owner: 'a' }), made('y', { owner: 'a' }), made('z', { owner: 'c' }));
    await turn();
    await controller.settled();
    expect(seen).toEqual(['a', 'b', 'c']);
    await stop(controller);
  });

  it('comes to an owner when what it owns changes, is given away or goes', async () => {
    const controller = start(...both());
    parents.answer();
    children.answer(made('x', { owner: 'a' }));
    await turn();
    await controller.settled();
    seen.length = 0;
    children.push({ type: 'MODIFIED', object: made('x', { version: 11, owner: 'b' }) });
    await turn();
    children.push({ type: 'DELETED', object: made('x', { version: 12, owner: 'b' }) });
    await turn();
    await controller.settled();
    expect(seen).toEqual(['a', 'b', 'b']);
    await stop(controller);
  });

  it('does not hear of what its predicate leaves out', async () => {
    const controller = start(...both());
    parents.answer(made('a'));
    children.answer();
    await turn();
    await controller.settled();
    seen.length = 0;
    parents.push({ type: 'MODIFIED', object: made('a', { version: 11 }) });
    parents.push({ type: 'MODIFIED', object: made('a', { version: 12, generation: 2 }) });
    await turn();
    await controller.settled();
    expect(seen).toEqual(['a']);
    await stop(controller);
  });

  it('goes on where a mapping throws', async () => {
    const [first] = reflectors;
    if (first === undefined) throw new Error('none');
    const controller = start(
      watched(first, {
        keysOf: ({ key }) => {
          if (key.name === 'bad') throw new Error('cannot be mapped');
          return [key];
        },
      }),
    );
    parents.answer(made('bad'), made('a'));
    parents.push({ type: 'ADDED', object: made('b', { version: 11 }) });
    await turn();
    await controller.settled();
    expect(seen.toSorted()).toEqual(['a', 'b']);
    expect(first.cache.size).toBe(3);
    await stop(controller);
  });

  it('is told everything anew at a resync, whatever its predicate says', async () => {
    const [first] = reflectors;
    if (first === undefined) throw new Error('none');
    const controller = start(watched(first, { when: () => false, resyncMs: 60_000 }));
    parents.answer(made('a'), made('b'));
    await turn();
    await controller.settled();
    seen.length = 0;
    for (let minute = 0; minute < 2; minute++) {
      clock.advance(60_000);
      await turn();
      await controller.settled();
    }
    expect(seen).toEqual(['a', 'b', 'a', 'b']);
    await stop(controller);
    expect(clock.timers).toBe(0);
  });

  it('leaves changes with the server while the queue is full', async () => {
    const held = Promise.withResolvers<void>();
    const [first] = reflectors;
    if (first === undefined) throw new Error('none');
    const controller = startController<WatchedChange>({
      name: 'test',
      source: new WatchedSource([watched(first)], clock),
      keysOf: (change) => change(),
      reconcile: async () => {
        await held.promise;
        return done;
      },
      concurrency: 1,
      clock,
      logger: silentLogger,
      meter: silentMeter,
    });
    parents.answer();
    await turn();
    const events = Array.from({ length: 10_100 }, (_, at): WatchEvent<KubeObject> => {
      return { type: 'ADDED', object: made(`k${at}`, { version: 11 + at }) };
    });
    parents.push(...events);
    await turn(20);
    expect(parents.taken).toBeLessThan(10_010);
    held.resolve();
    await turn(50);
    await controller.settled();
    expect([parents.taken, first.cache.size]).toEqual([10_100, 10_100]);
    await stop(controller);
  });
});

describe('a source of watched resources', () => {
  it('has no history, and one list at a time', async () => {
    const source = new WatchedSource([], new FakeClock());
    const listener = { change: () => {}, progress: () => {}, lost: () => {}, drained: () => undefined };
    expect(() => source.follow(7, listener)).toThrow(expect.objectContaining({ reason: 'Expired' }));
    await expect(source.list({ after: 'x', limit: 1 })).rejects.toMatchObject({ reason: 'Expired' });
    expect(await source.list({ after: undefined, limit: 1 })).toEqual({ changes: [], next: undefined });
  });
});
