import { describe, expect, it } from '@jest/globals';
import { settled, TestClock } from '../test-clock.ts';
import { testEvent, testFailures } from '../test-event.ts';
import { BufferedBackend } from '../backend/buffered.ts';
import { webhookBackend, type Post } from './webhook-backend.ts';

const never = new AbortController().signal;
const hanging: Post = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted', { cause: signal.reason })), { once: true });
  });

function setUp(post: Post) {
  const clock = new TestClock();
  const stopping = new AbortController();
  const { failures, counts, logged } = testFailures(() => clock.now());
  let posts = 0;
  const counted: Post = (body, signal) => ((posts += 1), post(body, signal));
  const backend = webhookBackend({
    post: counted,
    initialBackoffMs: 1000,
    clock,
    random: () => 0.5,
    stopping: stopping.signal,
    failures,
  });
  return { backend, clock, stopping, counts, logged, failures, posts: () => posts };
}

describe('a webhook', () => {
  it('gets the events as one list', async () => {
    const bodies: string[] = [];
    const { backend } = setUp(async (body) => (bodies.push(body.toString()), 200));
    expect(await backend.process([testEvent({ auditId: '1' }), testEvent({ auditId: '2' })])).toBe(true);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      kind: 'EventList',
      items: [{ auditID: '1' }, { auditID: '2' }],
    });
  });

  it('that answers with an error is asked again, each time later, five times in all', async () => {
    const { backend, clock, counts, logged, posts } = setUp(async () => 500);
    const outcome = backend.process([testEvent(), testEvent()]);
    await settled();
    const waits: number[] = [];
    while (posts() < 5) {
      waits.push(Math.round(clock.next));
      await clock.advance(clock.next);
    }
    expect(waits).toEqual([1100, 1650, 2475, 3713]);
    expect(await outcome).toBe(false);
    expect(counts).toEqual({ webhook: 2 });
    expect(logged).toMatchObject([{ plugin: 'webhook', error: new Error('the webhook answered with 500') }]);
  });

  it('that comes back is not lost', async () => {
    let status = 503;
    const { backend, clock, counts } = setUp(async () => status);
    const outcome = backend.process([testEvent()]);
    await settled();
    status = 204;
    await clock.advance(1100);
    expect(await outcome).toBe(true);
    expect(counts).toEqual({});
  });

  it('that hangs has half a minute for each try', async () => {
    const { backend, clock, counts, posts } = setUp(hanging);
    const outcome = backend.process([testEvent()]);
    await clock.advance(30_000);
    expect(posts()).toBe(1);
    await clock.advance(1100);
    expect(posts()).toBe(2);
    await clock.advance(200_000);
    expect(await outcome).toBe(false);
    expect(counts).toEqual({ webhook: 1 });
  });

  it('that hangs costs no more than its buffer and what is under way', async () => {
    const { backend, clock, counts, posts, failures } = setUp(hanging);
    const batch = { bufferSize: 100, maxSize: 10, maxWaitMs: 1000, throttle: undefined };
    const buffered = new BufferedBackend(backend, { batch, concurrency: 3, maxBatchBytes: 1e6, clock, failures });
    for (let count = 0; count < 1000; count += 1) buffered.process([testEvent()]);
    await settled();
    expect(posts()).toBe(3);
    expect(counts).toEqual({ buffered: 1000 - 100 - 30 });
  });

  it('is not waited for when the server stops', async () => {
    const { backend, stopping, counts, posts } = setUp(async () => 500);
    const outcome = backend.process([testEvent()]);
    await settled();
    stopping.abort();
    expect(await outcome).toBe(false);
    expect(posts()).toBe(2);
    expect(counts).toEqual({ webhook: 1 });
  });

  it('is let go at the deadline', async () => {
    const { backend, stopping } = setUp(hanging);
    const outcome = backend.process([testEvent()]);
    const deadline = new AbortController();
    stopping.abort();
    await backend.close(deadline.signal);
    deadline.abort();
    expect(await outcome).toBe(false);
    await backend.close(never);
  });
});
