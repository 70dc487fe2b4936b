import { ApiError } from '@kcp/api-machinery';
import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { root } from '@kcp/logical-cluster';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import type { ChangeSource, Checkpoint, Following, FollowListener, ListedChanges } from './change-source.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { startController } from './controller.ts';
import type { ReconcileKey } from './reconcile-key.ts';
import type { Result } from './reconcile.ts';
import { again, done } from './reconcile.ts';
import { FakeClock, turn } from './testing/index.ts';

/** A source over an array of names: the change at revision r is the name at r - 1; names that begin with `-` are deletions. */
class ArraySource implements ChangeSource<string> {
  readonly log: string[] = [];
  readonly saves: Checkpoint[] = [];
  readonly follows: number[] = [];
  lists = 0;
  compacted = 0;
  saved: Checkpoint | undefined;
  failing: Error | undefined;
  #listeners = new Set<FollowListener<string>>();

  readonly checkpoint = {
    load: async (): Promise<Checkpoint | undefined> => this.saved,
    save: async (checkpoint: Checkpoint): Promise<void> => {
      this.saves.push(checkpoint);
      this.saved = checkpoint;
    },
  };

  head(): number {
    return this.log.length;
  }

  write(...names: string[]): void {
    for (const name of names) {
      this.log.push(name);
      for (const listener of this.#listeners) listener.change(this.log.length, name);
    }
  }

  lose(error: Error): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.lost(error);
  }

  follow(after: number, listener: FollowListener<string>): Following {
    if (this.failing) throw this.failing;
    if (after < this.compacted) throw new ApiError('Expired', 'too old');
    this.follows.push(after);
    for (const [at, name] of this.log.entries()) if (at >= after) listener.change(at + 1, name);
    this.#listeners.add(listener);
    return { position: () => this.log.length, [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async list({ after, limit }: { after: string | undefined; limit: number }): Promise<ListedChanges<string>> {
    this.lists++;
    const names = [...new Set(this.log)]
      .filter((name) => !this.log.includes(`-${name}`) && !name.startsWith('-'))
      .toSorted();
    const rest = names.filter((name) => after === undefined || name > after);
    return { changes: rest.slice(0, limit), next: rest.length > limit ? rest[limit - 1] : undefined };
  }
}

function keyOf(name: string): ReconcileKey {
  return { cluster: root, namespace: '', name: name.replace('-', '') };
}

type Overrides = Partial<ControllerOptions<string>>;

function start(
  source: ArraySource,
  overrides: Overrides = {},
): { controller: Controller; clock: FakeClock; seen: string[] } {
  const seen: string[] = [];
  const clock = overrides.clock instanceof FakeClock ? overrides.clock : new FakeClock();
  const controller = startController<string>({
    name: 'test',
    source,
    keysOf: (name) => [keyOf(name)],
    reconcile: (key) => {
      seen.push(key.name);
      return done;
    },
    concurrency: 2,
    logger: silentLogger,
    meter: silentMeter,
    ...overrides,
    clock,
  });
  return { controller, clock, seen };
}

describe('a controller', () => {
  it('reconciles what there is and what changes', async () => {
    const source = new ArraySource();
    source.write('a', 'b');
    const { controller, seen } = start(source);
    await controller.settled();
    source.write('c', '-a');
    await controller.settled();
    expect(seen).toEqual(['a', 'b', 'c', 'a']);
    await controller[Symbol.asyncDispose]();
  });

  it('does not work within the call that tells of a change', async () => {
    const source = new ArraySource();
    await using started = start(source).controller;
    await started.settled();
    const { controller, seen } = start(source);
    await controller.settled();
    source.write('a');
    expect(seen).toEqual([]);
    await controller[Symbol.asyncDispose]();
  });

  it('never works on a key twice at once, nor on more keys than it may', async () => {
    const source = new ArraySource();
    const working = new Set<string>();
    let most = 0;
    const reconcile = async (key: ReconcileKey): Promise<typeof done> => {
      expect(working.has(key.name)).toBe(false);
      working.add(key.name);
      most = Math.max(most, working.size);
      await turn(1);
      working.delete(key.name);
      return done;
    };
    const { controller } = start(source, { reconcile, concurrency: 3 });
    for (let round = 0; round < 40; round++) {
      source.write(`k${round % 7}`);
      if (round % 5 === 0) await turn(1);
    }
    await controller.settled();
    expect(most).toBe(3);
    await controller[Symbol.asyncDispose]();
  });

  it('comes back to a key that failed, later each time, and is not settled before it succeeds', async () => {
    const source = new ArraySource();
    let left = 3;
    const reconcile = (): typeof done => {
      if (left-- > 0) throw new Error('not yet');
      return done;
    };
    const { controller, clock } = start(source, { reconcile });
    source.write('a');
    let isSettled = false;
    const settled = controller.settled().then(() => (isSettled = true));
    for (const wait of [5, 10, 20]) {
      await turn();
      expect(isSettled).toBe(false);
      clock.advance(wait);
    }
    await settled;
    expect(left).toBe(-1);
    await controller[Symbol.asyncDispose]();
  });

  it('goes on from its checkpoint without listing', async () => {
    const source = new ArraySource();
    source.write('a', 'b');
    const first = start(source);
    await first.controller.settled();
    await first.controller[Symbol.asyncDispose]();
    expect(source.saved).toEqual({ revision: 2, version: 1, waiting: [] });
    source.write('c');
    source.lists = 0;
    const second = start(source);
    await second.controller.settled();
    expect([second.seen, source.lists]).toEqual([['c'], 0]);
    await second.controller[Symbol.asyncDispose]();
  });

  it('lists in the background where there is no checkpoint, its history is gone or it is of another version', async () => {
    for (const saved of [
      undefined,
      { revision: 1, version: 1, waiting: [] },
      { revision: 3, version: 2, waiting: [] },
    ]) {
      const source = new ArraySource();
      source.write('a', 'b', 'c');
      source.compacted = 2;
      source.saved = saved;
      const { controller, seen } = start(source);
      await controller.settled();
      expect([seen, source.lists, source.follows]).toEqual([['a', 'b', 'c'], 1, [3]]);
      await controller[Symbol.asyncDispose]();
    }
  });

  it('lists anew when the source lost changes, at once where history is gone, after a while where the source failed', async () => {
    const source = new ArraySource();
    const { controller, clock, seen } = start(source);
    await controller.settled();
    source.lose(new ApiError('Expired', 'too old'));
    source.log.push('a');
    source.lose(new ApiError('Expired', 'too old'));
    await controller.settled();
    expect(seen).toEqual(['a']);
    source.failing = new Error('broken');
    source.lose(source.failing);
    source.log.push('b');
    await turn();
    clock.advance(1_000);
    source.failing = undefined;
    clock.advance(1_000);
    await controller.settled();
    expect(seen).toEqual(['a', 'a', 'b']);
    await controller[Symbol.asyncDispose]();
  });

  it('saves its checkpoint at most every five seconds, only while something happens', async () => {
    const source = new ArraySource();
    const { controller, clock } = start(source);
    for (let second = 0; second < 20; second++) {
      source.write(`k${second}`);
      await controller.settled();
      clock.advance(1_000);
      await turn();
    }
    expect(source.saves.length).toBe(4);
    clock.advance(60_000);
    await turn();
    const before = source.saves.length;
    clock.advance(600_000);
    await turn();
    expect(source.saves.length).toBe(before);
    await controller[Symbol.asyncDispose]();
  });

  it('saves no checkpoint beyond a key that is being worked on', async () => {
    const source = new ArraySource();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const reconcile = async (key: ReconcileKey): Promise<typeof done> => {
      if (key.name === 'b') await held;
      return done;
    };
    const { controller, clock } = start(source, { reconcile });
    await controller.settled();
    source.write('a', 'b', 'c');
    await turn();
    clock.advance(5_000);
    await turn();
    expect(source.saved?.revision).toBe(1);
    release();
    await controller.settled();
    await controller[Symbol.asyncDispose]();
    expect(source.saved?.revision).toBe(3);
  });

  it('carries keys in back-off and on timers over a restart, so that one that fails holds nothing up', async () => {
    const source = new ArraySource();
    const clock = new FakeClock();
    const reconcile = (key: ReconcileKey): Result => {
      if (key.name === 'bad') throw new Error('never');
      return key.name === 'later' ? again(60_000) : done;
    };
    const first = start(source, { reconcile, clock });
    source.write('a', 'bad', 'later', 'b');
    await turn();
    await first.controller[Symbol.asyncDispose]();
    expect(source.saved?.revision).toBe(4);
    const second = start(source, { clock });
    await turn();
    expect(second.seen).toEqual([]);
    clock.advance(5);
    await turn();
    expect(second.seen).toEqual(['bad']);
    clock.advance(60_000);
    await turn();
    expect(second.seen).toEqual(['bad', 'later']);
    await second.controller[Symbol.asyncDispose]();
    expect(source.saved?.waiting).toEqual([]);
  });

  it('finishes what is ready when it stops, and takes in nothing more', async () => {
    const source = new ArraySource();
    const { controller, seen } = start(source);
    await controller.settled();
    source.write('a', 'b');
    const stopped = controller[Symbol.asyncDispose]();
    source.write('c');
    await stopped;
    expect([seen, source.saved?.revision]).toEqual([['a', 'b'], 2]);
  });

  it('aborts work that outlives the grace of a stop, and does not count it as done', async () => {
    const source = new ArraySource();
    const reconcile = (_key: ReconcileKey, { signal }: { signal: AbortSignal }): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const { controller, clock } = start(source, { reconcile, concurrency: 1 });
    await controller.settled();
    source.write('a', 'b');
    await turn();
    const stopped = controller[Symbol.asyncDispose]();
    const settled = controller.settled();
    settled.catch(() => {});
    await turn();
    clock.advance(5_000);
    await stopped;
    await expect(settled).rejects.toThrow('is stopped');
    expect(source.saved).toMatchObject({ revision: 1, waiting: [{ key: keyOf('a') }] });
  });

  it('goes on where the keys of a change cannot be told', async () => {
    const source = new ArraySource();
    const keysOf = (name: string): ReconcileKey[] => {
      if (name === 'bad') throw new Error('unreadable');
      return [keyOf(name)];
    };
    const { controller, seen } = start(source, { keysOf });
    source.write('bad', 'a');
    await controller.settled();
    expect(seen).toEqual(['a']);
    await controller[Symbol.asyncDispose]();
  });

  it('lists a large world in pages and no faster than it works', async () => {
    const source = new ArraySource();
    for (let count = 0; count < 30_000; count++) source.log.push(`k${String(count).padStart(6, '0')}`);
    source.list = async ({ after, limit }) => {
      source.lists++;
      const from = after === undefined ? 0 : Number(after);
      return {
        changes: source.log.slice(from, from + limit),
        next: from + limit < source.log.length ? String(from + limit) : undefined,
      };
    };
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let count = 0;
    const reconcile = async (): Promise<typeof done> => {
      await held;
      count++;
      return done;
    };
    const { controller } = start(source, { reconcile });
    await turn(100);
    expect(source.lists).toBe(21);
    release();
    await controller.settled();
    expect([count, source.lists]).toEqual([30_000, 60]);
    await controller[Symbol.asyncDispose]();
  });

  it('gives keys of several resources as values', async () => {
    const source = new ArraySource();
    const keys: ReconcileKey[] = [];
    const key: ReconcileKey = {
      cluster: 'abc' as LogicalCluster,
      namespace: 'n',
      name: 'x',
      bucket: { group: '', resource: 'pods' },
    };
    const reconcile = (given: ReconcileKey): typeof done => {
      keys.push(given);
      return done;
    };
    const { controller } = start(source, { keysOf: () => [key], reconcile });
    source.write('a');
    await controller.settled();
    expect(keys).toEqual([key]);
    await controller[Symbol.asyncDispose]();
  });
});
