import { ApiError } from '@kcp/api-machinery';
import type { Job } from './offload.ts';

/** Jobs for tests of what does jobs. */
export const doubleJob: Job<number, number> = { name: 'double', run: (value) => value * 2 };

export const reverseJob: Job<Uint8Array, Uint8Array> = { name: 'reverse', run: (bytes) => bytes.reverse() };

export const refuseJob: Job<string, never> = {
  name: 'refuse',
  run: (name) => {
    throw new ApiError('Invalid', `${name} is invalid`, { details: { name, causes: [{ field: 'spec' }] } });
  },
};

export const failJob: Job<string, never> = {
  name: 'fail',
  run: (message) => {
    throw new SyntaxError(message);
  },
};

/** Never ends. */
export const spinJob: Job<null, never> = {
  name: 'spin',
  run: () => {
    for (;;);
  },
};

/** Ends the worker that it is done in. */
export const dieJob: Job<number, never> = { name: 'die', run: (code) => process.exit(code) };

/** Needs more memory than a worker has. */
export const hoardJob: Job<null, number> = {
  name: 'hoard',
  run: () => {
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 1_000_000 }, (_, at) => at + kept.length));
  },
};

export const testJobs: readonly Job<unknown, unknown>[] = [
  doubleJob,
  reverseJob,
  refuseJob,
  failJob,
  spinJob,
  dieJob,
  hoardJob,
];
