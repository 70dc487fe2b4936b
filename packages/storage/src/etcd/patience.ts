import { setTimeout } from 'node:timers/promises';

/** Waits for a promise for so many milliseconds; then rejects with what `late` makes. The promise goes on. */
export const within = async <T>(promise: Promise<T>, milliseconds: number, late: () => Error): Promise<T> => {
  const done = new AbortController();
  try {
    return await Promise.race([
      promise,
      setTimeout(Math.max(0, milliseconds), undefined, { signal: done.signal }).then(() => {
        throw late();
      }),
    ]);
  } finally {
    done.abort();
  }
};

/** Waits; ends early, without an error, when the signal is aborted. Keeps no process alive. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => {});
};
