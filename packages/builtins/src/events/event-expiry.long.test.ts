import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@kcp/controller/testing';
import { root, wildcard } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';
import { openTestStoreAt } from '@kcp/object-store/testing';
import { silentLogger as logger, silentMeter as meter } from '@kcp/telemetry';
import { eventBucket } from './core-event.ts';
import { EventExpiry } from './event-expiry.ts';

const HOUR = 3_600_000;
const EVENTS = 100_000;
const signal = new AbortController().signal;
const message = 'tried to place what nobody can place: '.repeat(10);

async function write(store: ObjectWriter, from: number): Promise<void> {
  const rows = Array.from({ length: 100 }, (_, index) => {
    const name = `e${String(from + index).padStart(6, '0')}`;
    const key = { cluster: root, namespace: 'ns', name };
    const object = { apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: 'ns' }, message };
    return { kind: 'create', bucket: eventBucket, key, object, fingerprint: 'v1' } as const;
  });
  await store.commit(rows);
}

/** Fills a store and lets all of it expire: the longest turn of the event loop, and how long it took, in milliseconds. */
async function expireAll(): Promise<{ readonly longest: number; readonly took: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'kcp-expiry-'));
  try {
    const clock = new FakeClock();
    const { store, backend } = await openTestStoreAt(folder, clock);
    for (let from = 0; from < EVENTS; from += 1_600) {
      const end = Math.min(from + 1_600, EVENTS);
      const batches: Promise<void>[] = [];
      for (let at = from; at < end; at += 100) batches.push(write(store, at));
      await Promise.all(batches);
    }
    const expiry = new EventExpiry({ store, ttlMs: HOUR, clock, logger, meter });
    await expiry.round(signal);
    clock.advance(HOUR);
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const began = performance.now();
    expect(await expiry.round(signal)).toBe(EVENTS);
    const took = performance.now() - began;
    delays.disable();
    expect(store.page({ bucket: eventBucket, cluster: wildcard, limit: 1 }).objects).toEqual([]);
    store[Symbol.dispose]();
    await backend[Symbol.asyncDispose]();
    return { longest: delays.max / 1e6, took };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('100,000 events that expire at once', () => {
  it('let others have their turn all the while', async () => {
    let best = Infinity;
    for (let attempt = 0; attempt < 3 && best > 50; attempt += 1) {
      const { longest, took } = await expireAll();
      process.stdout.write(`${EVENTS} events: ${took.toFixed(0)} ms, longest turn ${longest.toFixed(1)} ms\n`);
      best = Math.min(best, longest);
    }
    expect(best).toBeLessThan(50);
  }, 300_000);
});
