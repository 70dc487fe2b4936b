import { ApiError } from '@kcp/api-machinery';

/** So many may wait for one key; who comes after is told to come again. */
const MAX_WAITING = 1000;

/** Lets one in at a time for each key, in the order in which they came. Keeps nothing of keys that nobody asks for. */
export class KeyedLock {
  readonly #queues = new Map<string, (() => void)[]>();

  /** Waits its turn; disposing of what it gives lets the next one in. Throws TooManyRequests where too many wait. */
  async enter(key: string): Promise<Disposable> {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, []);
    else if (queue.length >= MAX_WAITING)
      throw new ApiError('TooManyRequests', 'too many writes wait for this quota, please try again later', {
        details: { retryAfterSeconds: 1 },
      });
    else await new Promise<void>((resolve) => queue.push(resolve));
    let isInside = true;
    return {
      [Symbol.dispose]: () => {
        if (isInside) this.#leave(key);
        isInside = false;
      },
    };
  }

  #leave(key: string): void {
    const next = this.#queues.get(key)?.shift();
    if (next === undefined) this.#queues.delete(key);
    else next();
  }
}
