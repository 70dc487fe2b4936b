import { describe, expect, it } from '@jest/globals';
import { testEvent, testFailures } from '../test-event.ts';
import { LineQueue, QUEUE_BYTES, type LineOutput } from './line-queue.ts';
import { logBackend } from './log-backend.ts';
import { streamOutput } from './stream-output.ts';

const never = new AbortController().signal;
const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** An output that a test lets go on, or fail. */
function slow() {
  const writes: string[] = [];
  const held: ((error?: Error) => void)[] = [];
  const state = { closed: false };
  const output: LineOutput = {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        writes.push(bytes.toString());
        held.push((error) => (error ? reject(error) : resolve()));
      }),
    close: async () => void (state.closed = true),
  };
  return { writes, held, state, output };
}

describe('lines', () => {
  it('that come while others are written go together, in order', async () => {
    const { writes, held, output } = slow();
    const queue = new LineQueue(output);
    const first = queue.write('a\n');
    await turn();
    const rest = [queue.write('b\n'), queue.write('c\n')];
    held.shift()?.();
    expect(await first).toBeUndefined();
    await turn();
    held.shift()?.();
    expect(await Promise.all(rest)).toEqual([undefined, undefined]);
    expect(writes).toEqual(['a\n', 'b\nc\n']);
  });

  it('that fail are told, and the next are tried', async () => {
    const { held, output } = slow();
    const queue = new LineQueue(output);
    const first = queue.write('a\n');
    await turn();
    const second = queue.write('b\n');
    held.shift()?.(new Error('full'));
    expect(await first).toEqual(new Error('full'));
    await turn();
    held.shift()?.();
    expect(await second).toBeUndefined();
  });

  it('that are too many for a slow output are refused', async () => {
    const { output } = slow();
    const queue = new LineQueue(output);
    void queue.write('x'.repeat(QUEUE_BYTES - 1));
    expect(await queue.write('two')).toEqual(new Error('too much waits to be written'));
  });

  it('are written before the end', async () => {
    const { held, output, state, writes } = slow();
    const queue = new LineQueue(output);
    void queue.write('a\n');
    await turn();
    void queue.write('b\n');
    const closed = queue.close(never);
    held.shift()?.();
    await turn();
    held.shift()?.();
    await closed;
    expect(writes).toEqual(['a\n', 'b\n']);
    expect(state.closed).toBe(true);
  });

  it('are given up at the deadline', async () => {
    const { output } = slow();
    const queue = new LineQueue(output);
    void queue.write('a\n');
    await turn();
    const second = queue.write('b\n');
    const deadline = new AbortController();
    const closed = queue.close(deadline.signal);
    deadline.abort();
    await closed;
    expect(await second).toEqual(new Error('the server stopped before it was written'));
  });
});

describe('the log', () => {
  it('has a line for each event, in one of two formats', async () => {
    const written: string[] = [];
    const stream = {
      write: (bytes: Uint8Array, done: () => void) => (written.push(Buffer.from(bytes).toString()), done()),
    };
    const { failures } = testFailures();
    const event = testEvent();
    expect(await logBackend(streamOutput(stream), 'json', failures).process([event, event])).toBe(true);
    expect(written).toEqual([`${event.text}\n${event.text}\n`]);
    const legacy = logBackend(streamOutput(stream), 'legacy', failures);
    await legacy.process([event]);
    await legacy.close(never);
    expect(written[1]).toMatch(/^2026-01-02T03:04:05.678Z AUDIT: id="an-id" .*\n$/);
  });

  it('counts what it could not write', async () => {
    const stream = { write: (_: Uint8Array, done: (error: Error) => void) => done(new Error('EPIPE')) };
    const { failures, counts } = testFailures();
    expect(await logBackend(streamOutput(stream), 'json', failures).process([testEvent(), testEvent()])).toBe(false);
    expect(counts).toEqual({ log: 2 });
  });
});
