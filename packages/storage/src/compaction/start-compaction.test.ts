import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import type { Backend, Revision } from '../backend.ts';
import { openMemoryStore } from '../memory/memory-store.ts';
import type { CompactionClock } from './start-compaction.ts';
import { startCompaction } from './start-compaction.ts';

const turn = async (): Promise<void> => {
  for (let count = 0; count < 10; count += 1) await Promise.resolve();
};

const handClock = () => {
  let time = 0;
  const calls = new Set<() => void>();
  const clock: CompactionClock = {
    now: () => time,
    every: (_, call) => {
      calls.add(call);
      return { [Symbol.dispose]: () => void calls.delete(call) };
    },
  };
  const advance = async (milliseconds: number): Promise<void> => {
    time += milliseconds;
    for (const call of calls) call();
    await turn();
  };
  return { clock, advance, calls };
};

const write = async (backend: Backend, size = 10): Promise<Revision> => {
  await backend.commit([], [{ kind: 'put', key: '/g/r/c/a', value: Buffer.alloc(size) }]);
  return backend.head();
};

describe('compaction', () => {
  it('keeps what is younger than the window', async () => {
    await using backend = await openMemoryStore();
    const { clock, advance } = handClock();
    await write(backend);
    using _ = startCompaction({ backend, logger: silentLogger, windowMs: 100, clock });
    await write(backend);
    await advance(60);
    await write(backend);
    await advance(30);
    expect(backend.compacted()).toBe(0);
    await advance(10);
    expect(backend.compacted()).toBe(1);
    await advance(60);
    expect(backend.compacted()).toBe(2);
    await advance(200);
    expect(backend.compacted()).toBe(3);
    expect(backend.get('/g/r/c/a')?.revision).toBe(3);
  });

  it('drops what is too much, however young', async () => {
    await using backend = await openMemoryStore();
    const { clock, advance } = handClock();
    using _ = startCompaction({ backend, logger: silentLogger, windowMs: 1e9, maxBytes: 100_000, clock });
    for (let count = 0; count < 30; count += 1) await write(backend, 10_000);
    await advance(1);
    const kept = backend.head() - backend.compacted();
    expect(kept).toBeGreaterThan(7);
    expect(kept).toBeLessThan(13);
  });

  it('goes on after a failure, and ends when it is disposed', async () => {
    await using backend = await openMemoryStore();
    const { clock, advance, calls } = handClock();
    let failing = true;
    const brittle: Backend = Object.create(backend, {
      head: { value: () => backend.head() },
      compacted: { value: () => backend.compacted() },
      subscribe: { value: backend.subscribe.bind(backend) },
      compact: {
        value: (revision: Revision) => (failing ? Promise.reject(new Error('full')) : backend.compact(revision)),
      },
    });
    const compaction = startCompaction({ backend: brittle, logger: silentLogger, windowMs: 10, clock });
    await write(backend);
    await advance(10);
    await advance(10);
    expect(backend.compacted()).toBe(0);
    failing = false;
    await write(backend);
    await advance(10);
    await advance(10);
    expect(backend.compacted()).toBe(2);
    compaction[Symbol.dispose]();
    expect(calls.size).toBe(0);
  });
});
