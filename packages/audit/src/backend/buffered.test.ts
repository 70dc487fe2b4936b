import { describe, expect, it } from '@jest/globals';
import { settled, TestClock } from '../test-clock.ts';
import { testEvent, testFailures } from '../test-event.ts';
import type { AuditEvent } from '../event/audit-event.ts';
import type { Backend } from './backend.ts';
import { BufferedBackend, type BatchOptions } from './buffered.ts';
import { BUFFER_BYTES } from './event-queue.ts';

const never = new AbortController().signal;
const event = (auditId: string): AuditEvent => testEvent({ auditId });

function setUp(batch: Partial<BatchOptions> = {}, { concurrency = 1, maxBatchBytes = 10_000 } = {}) {
  const clock = new TestClock();
  const { failures, counts } = testFailures(() => clock.now());
  const sent: string[][] = [];
  const waiting: (() => void)[] = [];
  const state = { hangs: false, closed: false };
  const backend: Backend = {
    process: (events) => {
      sent.push(events.map(({ fields }) => fields.auditId));
      return state.hangs ? new Promise((resolve) => waiting.push(() => resolve(true))) : true;
    },
    close: async () => void (state.closed = true),
  };
  const buffered = new BufferedBackend(backend, {
    batch: { bufferSize: 5, maxSize: 2, maxWaitMs: 1000, throttle: undefined, ...batch },
    concurrency,
    maxBatchBytes,
    clock,
    failures,
  });
  return { clock, counts, sent, waiting, state, buffered };
}

describe('events that are gathered', () => {
  it('go when there are enough, and the rest when they have waited', async () => {
    const { buffered, sent, clock } = setUp();
    expect(buffered.process([event('1'), event('2'), event('3')])).toBe(true);
    expect(sent).toEqual([['1', '2']]);
    await clock.advance(999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toEqual([['1', '2'], ['3']]);
  });

  it('go in smaller batches where they are large, a single one whatever its size', async () => {
    const { size } = event('1');
    const { buffered, sent } = setUp({ bufferSize: 9, maxSize: 3 }, { maxBatchBytes: size * 2 });
    const large = testEvent({ auditId: 'x', userAgent: 'y'.repeat(3 * size) });
    buffered.process([event('1'), event('2'), event('3'), large]);
    await settled();
    await buffered.close(never);
    expect(sent).toEqual([['1', '2'], ['3'], ['x']]);
  });

  it('that find no room are dropped and counted; nobody waits', async () => {
    const { buffered, sent, state, counts, waiting } = setUp();
    state.hangs = true;
    for (let id = 1; id <= 10; id += 1) expect(buffered.process([event(String(id))])).toBe(true);
    expect(sent).toEqual([['1', '2']]);
    expect(counts).toEqual({ buffered: 3 });
    state.hangs = false;
    waiting.shift()?.();
    await settled();
    await buffered.close(never);
    expect(sent.flat()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('are bounded by their bytes too', () => {
    const { buffered, state, counts } = setUp({ bufferSize: 1000, maxSize: 1000 });
    state.hangs = true;
    const large = testEvent({ responseObject: JSON.stringify('z'.repeat(BUFFER_BYTES / 8)) });
    for (let count = 0; count < 10; count += 1) buffered.process([large]);
    expect(counts).toEqual({ buffered: 3 });
  });

  it('are under way side by side, but not more than a few', async () => {
    const { buffered, sent, state, waiting } = setUp({ maxSize: 1 }, { concurrency: 2 });
    state.hangs = true;
    buffered.process([event('1'), event('2'), event('3')]);
    expect(sent).toHaveLength(2);
    waiting.shift()?.();
    await settled();
    expect(sent).toHaveLength(3);
  });

  it('go as often as they may', async () => {
    const { buffered, sent, clock } = setUp({ maxSize: 1, throttle: { perSecond: 10, burst: 2 } }, { concurrency: 9 });
    buffered.process(['1', '2', '3', '4'].map(event));
    expect(sent).toHaveLength(2);
    await clock.advance(100);
    expect(sent).toHaveLength(3);
    await clock.advance(100);
    expect(sent).toHaveLength(4);
  });

  it('are brought home at the end, without waiting', async () => {
    const { buffered, sent, state, counts } = setUp({ throttle: { perSecond: 1, burst: 1 } });
    buffered.process(['1', '2', '3', '4', '5'].map(event));
    await buffered.close(never);
    expect(sent).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(state.closed).toBe(true);
    buffered.process([event('late')]);
    expect(counts).toEqual({ buffered: 1 });
  });

  it('are given up at the deadline, and counted', async () => {
    const { buffered, state, counts } = setUp();
    state.hangs = true;
    buffered.process(['1', '2', '3', '4', '5'].map(event));
    const deadline = new AbortController();
    const closed = buffered.close(deadline.signal);
    deadline.abort();
    await closed;
    expect(counts).toEqual({ buffered: 3 });
    expect(state.closed).toBe(true);
  });
});
