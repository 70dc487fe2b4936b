import { afterAll, describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { inlineOffload } from './inline-offload.ts';
import type { Job, Offload } from './offload.ts';
import { dieJob, doubleJob, failJob, hoardJob, refuseJob, reverseJob, spinJob } from './test-jobs.ts';
import { WorkerOffload, type WorkerOffloadOptions } from './worker-offload.ts';

function workers(options: Partial<WorkerOffloadOptions> = {}): WorkerOffload {
  const entry = new URL('./test-worker.ts', import.meta.url);
  return new WorkerOffload({ entry, logger: silentLogger, meter: silentMeter, ...options });
}

const order = { owner: 'a', bytes: 1 };

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ApiError) return thrown;
  throw new Error('not refused', { cause: thrown });
}

const shared = workers();
afterAll(() => shared[Symbol.asyncDispose]());

describe.each<[string, Offload]>([
  ['here', inlineOffload()],
  ['in workers', shared],
])('work that is done %s', (_where, offload) => {
  it('gives what the job gives', async () => {
    expect(await offload.run(doubleJob, 21, order)).toBe(42);
    expect([...(await offload.run(reverseJob, Uint8Array.of(1, 2, 3), order))]).toEqual([3, 2, 1]);
  });

  it('leaves the input as it is', async () => {
    const bytes = Uint8Array.of(1, 2);
    await offload.run(reverseJob, bytes, order);
    expect([...bytes]).toEqual([1, 2]);
  });

  it('throws what the job throws', async () => {
    const error = await refusal(offload.run(refuseJob, 'x', order));
    expect(error.toStatus()).toEqual(
      new ApiError('Invalid', 'x is invalid', { details: { name: 'x', causes: [{ field: 'spec' }] } }).toStatus(),
    );
    await expect(offload.run(failJob, 'no yaml', order)).rejects.toThrow(SyntaxError);
    await expect(offload.run(failJob, 'no yaml', order)).rejects.toThrow('no yaml');
  });

  it('does many at once', async () => {
    const done = await Promise.all(
      Array.from({ length: 40 }, (_, at) => offload.run(doubleJob, at, { owner: `o${at % 4}`, bytes: 8 })),
    );
    expect(done).toEqual(Array.from({ length: 40 }, (_, at) => at * 2));
  });
});

describe('workers', () => {
  it('refuse a job that they do not know', async () => {
    const unknown: Job<number, number> = { name: 'unknown', run: (value) => value };
    await expect(shared.run(unknown, 1, order)).rejects.toThrow('no job is called unknown');
  });

  it('that die fail their job, and are replaced', async () => {
    await using offload = workers();
    const [lost, after] = [offload.run(dieJob, 3, order), offload.run(doubleJob, 1, order)];
    expect(await refusal(lost)).toMatchObject({
      code: 500,
      message: 'Internal error occurred: the worker that did this is gone; it will be replaced',
    });
    expect(await after).toBe(2);
  });

  it('that need too much memory take nobody with them', async () => {
    await using offload = workers({ heapMegabytes: 32 });
    expect((await refusal(offload.run(hoardJob, null, order))).code).toBe(500);
    expect(await offload.run(doubleJob, 1, order)).toBe(2);
  });

  it('are given up when a job takes too long', async () => {
    await using offload = workers({ jobMs: 1_000 });
    expect(await refusal(offload.run(spinJob, null, order))).toMatchObject({ code: 504, reason: 'Timeout' });
    expect(await offload.run(doubleJob, 1, order)).toBe(2);
  });

  it('are given up when they do not start', async () => {
    await using offload = workers({ startMs: 1 });
    expect(await refusal(offload.run(doubleJob, 1, order))).toMatchObject({ code: 504, reason: 'Timeout' });
  });

  it('that cannot start fail their jobs', async () => {
    await using offload = workers({ entry: new URL('./no-such-worker.ts', import.meta.url) });
    expect((await refusal(offload.run(doubleJob, 1, order))).code).toBe(500);
  });

  it('refuse what there is no room for, but no other owner', async () => {
    await using offload = workers({ waiting: { items: 4, bytes: 1_000 }, jobMs: 1_000 });
    const busy = refusal(offload.run(spinJob, null, order));
    const waiting = [1, 2].map((value) => offload.run(doubleJob, value, order));
    const error = await refusal(offload.run(doubleJob, 3, order));
    expect(error).toMatchObject({ code: 429, details: { retryAfterSeconds: 1 } });
    const others = offload.run(doubleJob, 4, { owner: 'b', bytes: 1 });
    expect(await Promise.all([...waiting, others])).toEqual([2, 4, 8]);
    await busy;
  });

  it('fail what is left when they are stopped', async () => {
    const offload = workers();
    const left = [offload.run(spinJob, null, order), offload.run(doubleJob, 1, order)].map(refusal);
    await offload[Symbol.asyncDispose]();
    expect((await Promise.all(left)).map(({ code }) => code)).toEqual([503, 503]);
    expect((await refusal(offload.run(doubleJob, 1, order))).code).toBe(503);
  });
});
