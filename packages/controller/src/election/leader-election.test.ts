import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import type { Clock } from '../clock.ts';
import { FakeClock, turn } from '../testing/index.ts';
import { runElection, type ElectionEnd, type Term } from './leader-election.ts';
import type { Lease, LeaseClient, LeaseRecord } from './lease.ts';

/** A Lease with compare-and-swap, as a server keeps it; the network in between is each candidate's own. */
class Server {
  lease: Lease | undefined;
  #version = 0;

  put(record: LeaseRecord, after: Lease | undefined): Lease {
    if (after?.resourceVersion !== this.lease?.resourceVersion) throw new ApiError('Conflict', 'changed');
    this.#version += 1;
    this.lease = { record, resourceVersion: String(this.#version) };
    return this.lease;
  }
}

/** How a candidate's requests fare, and its clock. */
class Candidate implements LeaseClient, Clock {
  readonly #server: Server;
  readonly #time: FakeClock;
  readonly #skewMs: number;
  isFrozen = false;
  isCutOff = false;
  latency = (): number => 10;
  /** The request arrives, the answer does not. */
  losesAnswer = (): boolean => false;
  term: Term | undefined;
  terms = 0;
  #late: (() => void)[] = [];

  constructor(server: Server, time: FakeClock, skewMs = 0) {
    this.#server = server;
    this.#time = time;
    this.#skewMs = skewMs;
  }

  now(): number {
    return this.#time.now() + this.#skewMs;
  }

  after(milliseconds: number, run: () => void): Disposable {
    let isOver = false;
    const timer = this.#time.after(milliseconds, () => {
      const fire = (): void => {
        if (!isOver) run();
      };
      if (this.isFrozen) this.#late.push(fire);
      else fire();
    });
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        timer[Symbol.dispose]();
      },
    };
  }

  thaw(): void {
    this.isFrozen = false;
    for (const fire of this.#late.splice(0)) fire();
  }

  read(): Promise<Lease | undefined> {
    return this.#travel(() => this.#server.lease);
  }

  create(record: LeaseRecord): Promise<Lease> {
    return this.#travel(() => this.#server.put(record, undefined));
  }

  replace(lease: Lease, record: LeaseRecord): Promise<Lease> {
    return this.#travel(() => this.#server.put(record, lease));
  }

  #travel<T>(arrive: () => T): Promise<T> {
    const latency = this.latency();
    const loses = this.losesAnswer();
    return new Promise((resolve, reject) => {
      this.#time.after(latency / 2, () => {
        if (this.isCutOff) return reject(new Error('unreachable'));
        let answer: () => void;
        try {
          const value = arrive();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error);
        }
        // the answer waits like a timer where the process is frozen, for ever where it is lost
        if (!loses) this.after(latency / 2, answer);
      });
    });
  }

  run(identity: string, signal: AbortSignal): Promise<ElectionEnd> {
    const options = { identity, name: 'test', client: this, clock: this, random: () => 0.5 };
    const lead = async (term: Term): Promise<void> => {
      this.term = term;
      this.terms += 1;
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
        term.signal.addEventListener('abort', () => resolve());
      });
    };
    return runElection({ ...options, logger: silentLogger, meter: silentMeter }, lead, signal);
  }
}

async function pass(time: FakeClock, milliseconds: number, check = (): void => {}): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 100) {
    time.advance(100);
    await turn(2);
    check();
  }
}

const leads = (candidate: Candidate): boolean => candidate.term?.isCurrent() ?? false;

function two(skewMs = 0): { server: Server; time: FakeClock; a: Candidate; b: Candidate } {
  const time = new FakeClock();
  const server = new Server();
  return { server, time, a: new Candidate(server, time), b: new Candidate(server, time, skewMs) };
}

describe('an election', () => {
  it('has one leader, and another within the retry period after it left', async () => {
    const { server, time, a, b } = two();
    const [stopA, stopB] = [new AbortController(), new AbortController()];
    const endA = a.run('a', stopA.signal);
    await pass(time, 500);
    const endB = b.run('b', stopB.signal);
    await pass(time, 60_000);
    expect([leads(a), leads(b), b.terms]).toEqual([true, false, 0]);
    stopA.abort();
    await pass(time, 500);
    expect([await endA, server.lease?.record.holder]).toEqual(['left', '']);
    await pass(time, 4_500);
    expect([leads(b), server.lease?.record]).toMatchObject([true, { holder: 'b', transitions: 1 }]);
    stopB.abort();
    await pass(time, 500);
    expect(await endB).toBe('left');
    expect(time.timers).toBe(0);
  });

  it('is lost by a leader that does not reach the server, before another can take the lease', async () => {
    const { time, a, b } = two();
    const endA = a.run('a', new AbortController().signal);
    await pass(time, 500);
    const stopB = new AbortController();
    void b.run('b', stopB.signal);
    await pass(time, 10_000);
    a.isCutOff = true;
    let lostAt = 0;
    let takenAt = 0;
    await pass(time, 30_000, () => {
      if (lostAt === 0 && a.term?.signal.aborted === true) lostAt = time.now();
      if (takenAt === 0 && leads(b)) takenAt = time.now();
    });
    expect(await endA).toBe('lost');
    expect(lostAt).toBeGreaterThan(0);
    expect(takenAt - lostAt).toBeGreaterThanOrEqual(2_000);
    stopB.abort();
  });

  it('is over for a frozen leader by its clock, also before its timers come round to say so', async () => {
    const { time, a, b } = two();
    const endA = a.run('a', new AbortController().signal);
    await pass(time, 500);
    const stopB = new AbortController();
    void b.run('b', stopB.signal);
    await pass(time, 5_000);
    a.isFrozen = true;
    await pass(time, 30_000);
    expect(leads(b)).toBe(true);
    expect([a.term?.signal.aborted, a.term?.isCurrent()]).toEqual([false, false]);
    a.thaw();
    await turn();
    expect(a.term?.signal.aborted).toBe(true);
    expect(await endA).toBe('lost');
    stopB.abort();
  });

  it('does not end because somebody else writes to the lease, nor because it is deleted', async () => {
    const { server, time, a } = two();
    const stop = new AbortController();
    const end = a.run('a', stop.signal);
    await pass(time, 500);
    for (let round = 0; round < 10; round++) {
      if (server.lease !== undefined) server.put(server.lease.record, server.lease);
      await pass(time, 3_000);
      expect(leads(a)).toBe(true);
    }
    server.lease = undefined;
    await pass(time, 3_000);
    expect([leads(a), a.terms]).toEqual([true, 1]);
    stop.abort();
    await pass(time, 500);
    expect(await end).toBe('left');
  });

  it('does not mind clocks that differ by an hour', async () => {
    const { time, a, b } = two(3_600_000);
    const [stopA, stopB] = [new AbortController(), new AbortController()];
    void a.run('a', stopA.signal);
    await pass(time, 500);
    void b.run('b', stopB.signal);
    await pass(time, 60_000);
    expect([leads(a), leads(b)]).toEqual([true, false]);
    stopA.abort();
    stopB.abort();
  });

  it('gives the lease back only when the work is over, and renews it until then', async () => {
    const time = new FakeClock();
    const server = new Server();
    const a = new Candidate(server, time);
    const stop = new AbortController();
    const work = Promise.withResolvers<void>();
    const options = { identity: 'a', name: 'x', client: a, clock: a, random: () => 0 };
    const end = runElection({ ...options, logger: silentLogger, meter: silentMeter }, () => work.promise, stop.signal);
    await pass(time, 1_000);
    stop.abort();
    await pass(time, 30_000);
    expect(server.lease?.record).toMatchObject({ holder: 'a', renewedAt: expect.any(Number) });
    expect(time.now() - (server.lease?.record.renewedAt ?? 0)).toBeLessThan(3_000);
    work.reject(new Error('the work failed'));
    const failed = expect(end).rejects.toThrow('the work failed');
    await pass(time, 500);
    await failed;
    expect(server.lease?.record.holder).toBe('');
  });

  it('ends without a word where it is stopped before it began, and refuses settings that cannot be', async () => {
    const { a } = two();
    expect(await a.run('a', AbortSignal.abort())).toBe('left');
    expect(a.terms).toBe(0);
    await expect(a.run('', new AbortController().signal)).rejects.toThrow(RangeError);
  });
});

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('however slow, cut off, lossy and frozen candidates are', () => {
  it.each([1, 2, 3, 4, 5, 6])('no two lead at a time (seed %p)', async (seed) => {
    const random = seeded(seed);
    const time = new FakeClock();
    const server = new Server();
    const candidates = [0, 7_000_000, -9_000].map((skew) => new Candidate(server, time, skew));
    const stop = new AbortController();
    const forever = async (candidate: Candidate, identity: string): Promise<void> => {
      while (!stop.signal.aborted) await candidate.run(identity, stop.signal);
    };
    for (const [at, candidate] of candidates.entries()) {
      candidate.latency = () => random() ** 3 * 12_000;
      candidate.losesAnswer = () => random() < 0.05;
      void forever(candidate, `c${at}`);
    }
    let led = 0;
    await pass(time, 600_000, () => {
      const leaders = candidates.filter(leads).length;
      expect(leaders).toBeLessThanOrEqual(1);
      led += leaders;
      for (const candidate of candidates) {
        if (random() < 0.005) candidate.isCutOff = !candidate.isCutOff;
        if (random() >= 0.004) continue;
        if (candidate.isFrozen) candidate.thaw();
        else candidate.isFrozen = true;
      }
    });
    expect(led).toBeGreaterThan(500);
    expect(candidates.reduce((sum, { terms }) => sum + terms, 0)).toBeGreaterThan(5);
    stop.abort();
  });
});
