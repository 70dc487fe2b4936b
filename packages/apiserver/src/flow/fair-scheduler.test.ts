import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import * as fc from 'fast-check';
import { FairScheduler } from './fair-scheduler.ts';
import type { Demand, Seat } from './fair-share.ts';
import { defaultFlowLimits, type FlowLimits } from './flow-limits.ts';
import type { LoopClock } from './turn.ts';

/** An event loop that goes on when it is told to. */
class FakeLoop implements LoopClock {
  #time = 0;
  #callbacks: (() => void)[] = [];
  #timers: { at: number; run: () => void }[] = [];

  now = (): number => this.#time;

  afterTurn = (callback: () => void): void => {
    this.#callbacks.push(callback);
  };

  after = (ms: number, run: () => void): Disposable => {
    const timer = { at: this.#time + ms, run };
    this.#timers.push(timer);
    return { [Symbol.dispose]: () => void (this.#timers = this.#timers.filter((one) => one !== timer)) };
  };

  /** Work that holds the loop. */
  work(ms: number): void {
    this.#time += ms;
  }

  /** One turn: what was asked for before it, each followed by what it set free. */
  async turn(): Promise<void> {
    const due = this.#callbacks.splice(0);
    for (const callback of due) {
      callback();
      await settled();
    }
  }

  async pass(ms: number): Promise<void> {
    this.#time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#time);
    this.#timers = this.#timers.filter(({ at }) => at > this.#time);
    for (const { run } of due) run();
    await settled();
  }

  get isIdle(): boolean {
    return this.#callbacks.length === 0;
  }
}

/** Whatever promises have to say is said. */
async function settled(): Promise<void> {
  for (let at = 0; at < 8; at += 1) await Promise.resolve();
}

interface World {
  readonly loop: FakeLoop;
  readonly fair: FairScheduler;
  readonly counts: { waiting: number; waits: number; rejected: string[] };
}

function world(limits: Partial<FlowLimits> = {}): World {
  const loop = new FakeLoop();
  const counts = { waiting: 0, waits: 0, rejected: new Array<string>() };
  const metrics = {
    waiting: (count: number) => void (counts.waiting = count),
    waited: () => void (counts.waits += 1),
    rejected: (reason: string) => void counts.rejected.push(reason),
  };
  return {
    loop,
    counts,
    fair: new FairScheduler({ limits: { ...defaultFlowLimits, ...limits }, clock: loop, metrics }),
  };
}

const never = new AbortController().signal;
function demand(cluster: string, more: Partial<Demand> & { user?: string } = {}): Demand {
  const { user = 'u', ...rest } = more;
  return { flow: { cluster, user }, cost: 1, seats: 1, mutates: false, signal: () => never, ...rest };
}

/** Enters; whoever has its turn works for a millisecond, then goes. */
function ask({ fair, loop }: World, order: string[], one: Demand): Promise<void> {
  const work = (seat: Seat): void => {
    order.push(one.flow.cluster);
    loop.work(1);
    seat.release();
  };
  const seat = fair.enter(one);
  if (seat instanceof Promise) return seat.then(work);
  work(seat);
  return Promise.resolve();
}

describe('while there is time', () => {
  it('nobody waits, and nothing is left behind', async () => {
    const { fair, loop, counts } = world();
    for (let at = 0; at < 1_000; at += 1) {
      const seat = fair.enter(demand(`c${at}`));
      expect(seat).not.toBeInstanceOf(Promise);
      if (!(seat instanceof Promise)) seat.release();
    }
    await loop.turn();
    expect(fair.state).toEqual({ waiting: 0, seats: 0 });
    expect(loop.isIdle).toBe(true);
    expect(counts).toEqual({ waiting: 0, waits: 0, rejected: [] });
  });
});

describe('a flood', () => {
  it('is begun for so long in a turn; who comes in between goes on in the next, before its rest', async () => {
    const w = world();
    const order: string[] = [];
    const all = Array.from({ length: 100 }, () => ask(w, order, demand('flood')));
    expect(order).toHaveLength(5);
    all.push(ask(w, order, demand('other')));
    await w.loop.turn();
    expect(order.indexOf('other')).toBeGreaterThan(0);
    expect(order.indexOf('other')).toBeLessThan(5 + 5);
    while (!w.loop.isIdle) await w.loop.turn();
    await Promise.all(all);
    expect(order).toHaveLength(101);
    expect(w.fair.state).toEqual({ waiting: 0, seats: 0 });
  });

  it('of one logical cluster leaves the others their shares', async () => {
    const w = world();
    const order: string[] = [];
    for (let at = 0; at < 200; at += 1) void ask(w, order, demand('flood'));
    for (let at = 0; at < 20; at += 1) void ask(w, order, demand('other'));
    while (!w.loop.isIdle) await w.loop.turn();
    const done = order.lastIndexOf('other') + 1;
    expect(order).toHaveLength(220);
    expect(done).toBeLessThanOrEqual(5 + 2 * 20 + 4);
  });

  it('is refused beyond its queue, others are not', async () => {
    const w = world({ waitingPerUser: 10, waitingPerCluster: 15 });
    const order: string[] = [];
    const asked = Array.from({ length: 30 }, () => ask(w, order, demand('flood')));
    const second = Array.from({ length: 10 }, () => ask(w, order, demand('flood', { user: 'second' })));
    const other = ask(w, order, demand('other'));
    const results = Promise.allSettled([...asked, ...second]);
    while (!w.loop.isIdle) await w.loop.turn();
    await other;
    const refused = (await results).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(refused).toHaveLength(30 - 5 - 10 + 5);
    for (const error of refused) {
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ code: 429, details: { retryAfterSeconds: 1 } });
    }
    expect(w.counts.rejected).toEqual(refused.map(() => 'queue-full'));
  });

  it('of refusals is refused at once beyond its bound: nothing grows', () => {
    const { fair, loop } = world({ waitingPerUser: 1, waitingRefusals: 3 });
    void fair.enter(demand('flood'));
    loop.work(6);
    void fair.enter(demand('flood'));
    for (let at = 0; at < 3; at += 1) expect(fair.refuse(() => never)).toBeInstanceOf(Promise);
    expect(fair.refuse(() => never)).toBeUndefined();
    expect(() => fair.enter(demand('flood'))).toThrow('Too many requests');
    expect(fair.state.waiting).toBe(4);
  });
});

describe('who shares with nobody', () => {
  const pass = ({ fair, loop }: World, order: string[], name: string): Promise<void> => {
    const work = (): void => {
      order.push(name);
      loop.work(1);
    };
    const waiting = fair.pass();
    if (waiting) return waiting.then(work);
    work();
    return Promise.resolve();
  };

  it('goes on for so long in a turn, then in the next ones, before all others and in the order of coming', async () => {
    const w = world();
    const order: string[] = [];
    const others = Array.from({ length: 8 }, () => ask(w, order, demand('other')));
    const passing = Array.from({ length: 12 }, (_, at) => pass(w, order, `p${at}`));
    expect(order).toEqual(Array.from({ length: 5 }, () => 'other'));
    await w.loop.turn();
    expect(order.slice(5)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
    while (!w.loop.isIdle) await w.loop.turn();
    await Promise.all([...others, ...passing]);
    expect(order.slice(10, 17)).toEqual(['p5', 'p6', 'p7', 'p8', 'p9', 'p10', 'p11']);
    expect(order.slice(17)).toEqual(['other', 'other', 'other']);
    expect(w.counts.rejected).toEqual([]);
  });

  it('is not kept waiting in any number: beyond a bound everybody goes on at once', async () => {
    const w = world({ waitingExempt: 3 });
    const order: string[] = [];
    void w.fair.pass();
    w.loop.work(6);
    const passing = Array.from({ length: 5 }, (_, at) => pass(w, order, `p${at}`));
    expect(order).toEqual(['p3', 'p4']);
    while (!w.loop.isIdle) await w.loop.turn();
    await Promise.all(passing);
    expect(order).toEqual(['p3', 'p4', 'p0', 'p1', 'p2']);
  });
});

describe('seats', () => {
  it('of one logical cluster are a part of all: others go on although it gives none back', async () => {
    const { fair, loop } = world({ readingInflight: 8, mutatingInflight: 8, turnMs: 1e6 });
    const seats = Array.from({ length: 10 }, (_, at) => fair.enter(demand('greedy', { user: `u${at}` })));
    expect(seats.filter((seat) => seat instanceof Promise)).toHaveLength(6);
    expect(fair.enter(demand('other'))).not.toBeInstanceOf(Promise);
    const [first] = seats;
    if (first && !(first instanceof Promise)) first.release();
    await loop.turn();
    expect(fair.state).toEqual({ waiting: 5, seats: 5 });
  });

  it('of one user are a part of those of its logical cluster', () => {
    const { fair } = world({ readingInflight: 8, mutatingInflight: 8 });
    const seats = Array.from({ length: 3 }, () => fair.enter(demand('c')));
    expect(seats.map((seat) => seat instanceof Promise)).toEqual([false, false, true]);
    expect(fair.enter(demand('c', { user: 'v' }))).not.toBeInstanceOf(Promise);
  });

  it('are kept for who holds none, where others took all', () => {
    const { fair } = world({ readingInflight: 4, mutatingInflight: 4, clusterShare: 0.5, userShare: 1 });
    for (let at = 0; at < 4; at += 1) for (const cluster of ['a', 'b']) void fair.enter(demand(cluster));
    expect(fair.enter(demand('a'))).toBeInstanceOf(Promise);
    for (const cluster of ['c', 'd']) expect(fair.enter(demand(cluster))).not.toBeInstanceOf(Promise);
    expect(fair.enter(demand('e'))).toBeInstanceOf(Promise);
    expect(fair.state).toEqual({ waiting: 2, seats: 10 });
  });

  it('given back twice count once', () => {
    const { fair } = world();
    const seat = fair.enter(demand('c'));
    void fair.enter(demand('c'));
    if (seat instanceof Promise) throw new Error('nobody has to wait');
    seat.release();
    seat.release();
    expect(fair.state.seats).toBe(1);
  });

  it('are never more than there are, whatever comes and goes', async () => {
    const command = fc.record({ cluster: fc.constantFrom('a', 'b', 'c'), leaves: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 80 }), async (commands) => {
        const { fair, loop } = world({ readingInflight: 4, mutatingInflight: 4, clusterShare: 0.5, userShare: 1 });
        const held: Seat[] = [];
        for (const { cluster, leaves } of commands) {
          if (leaves) held.shift()?.release();
          else void Promise.resolve(fair.enter(demand(cluster))).then((seat) => held.push(seat));
          await loop.turn();
          await settled();
          // and a quarter for who holds nothing
          expect(fair.state.seats).toBeLessThanOrEqual(10);
          expect(fair.state.seats).toBe(held.length);
        }
        while (held.length > 0) {
          held.shift()?.release();
          await loop.turn();
          await settled();
        }
        // work conserving: with seats free, nobody waits
        expect(fair.state).toEqual({ waiting: 0, seats: 0 });
      }),
      { numRuns: 50 },
    );
  });
});

describe('who waits', () => {
  it('leaves the queue when its client goes', async () => {
    const { fair, loop, counts } = world();
    void fair.enter(demand('flood'));
    loop.work(6);
    const gone = new AbortController();
    const waiting = Promise.resolve(fair.enter(demand('flood', { signal: () => gone.signal })));
    const told = expect(waiting).rejects.toBeInstanceOf(ApiError);
    expect(counts.waiting).toBe(1);
    gone.abort();
    await told;
    expect(fair.state).toEqual({ waiting: 0, seats: 1 });
    expect(counts).toMatchObject({ waiting: 0, rejected: ['cancelled'] });
    await loop.turn();
    expect(fair.state.seats).toBe(1);
  });

  it('does not begin to wait where its client is gone already', async () => {
    const { fair, loop } = world();
    void fair.enter(demand('flood'));
    loop.work(6);
    await expect(fair.enter(demand('flood', { signal: () => AbortSignal.abort() }))).rejects.toThrow('went away');
    expect(fair.state.waiting).toBe(0);
  });

  it('for too long is told to come again later', async () => {
    const { fair, loop, counts } = world({ readingInflight: 1, mutatingInflight: 0 });
    void fair.enter(demand('c'));
    const waiting = Promise.resolve(fair.enter(demand('c')));
    const told = expect(waiting).rejects.toMatchObject({ code: 429 });
    await loop.pass(14_000);
    expect(fair.state.waiting).toBe(1);
    await loop.pass(2_000);
    await told;
    expect(fair.state.waiting).toBe(0);
    expect(counts.rejected).toEqual(['time-out']);
  });

  it('has no callback asked for while nobody can go on', async () => {
    const { fair, loop } = world({ readingInflight: 1, mutatingInflight: 0 });
    void fair.enter(demand('c'));
    void fair.enter(demand('c'));
    await loop.turn();
    expect(loop.isIdle).toBe(true);
  });
});

describe('streams', () => {
  it('are counted by user, by logical cluster and in all', () => {
    const { fair } = world({ watches: { perUser: 2, perCluster: 3, total: 4 } });
    const flow = (cluster: string, user: string) => ({ cluster, user });
    const first = fair.open('watches', flow('a', 'u'));
    fair.open('watches', flow('a', 'u'));
    expect(() => fair.open('watches', flow('a', 'u'))).toThrow('by this user in this logical cluster');
    fair.open('watches', flow('a', 'v'));
    expect(() => fair.open('watches', flow('a', 'w'))).toThrow('too many watches are open in this logical cluster');
    fair.open('watches', flow('b', 'u'));
    expect(() => fair.open('watches', flow('b', 'u'))).toThrow('on this server');
    fair.open('watches', flow('c', 'u'));
    expect(() => fair.open('watches', flow('d', 'u'))).toThrow('on this server');
    fair.open('calls', flow('d', 'u'));
    first.release();
    first.release();
    fair.open('watches', flow('d', 'u'));
    expect(() => fair.open('watches', flow('e', 'v'))).toThrow(expect.objectContaining({ code: 429 }));
  });
});
