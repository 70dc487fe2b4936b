import { ConnectionError } from './connection-error.ts';
import type { TransportLimits } from './transport-limits.ts';

interface Waiting {
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** Requests that wait for a connection, in their order; bounded in number and time. */
export class WaitingRoom {
  readonly #limits: Pick<TransportLimits, 'queued' | 'queueMs'>;
  readonly #queue = new Set<Waiting>();

  constructor(limits: Pick<TransportLimits, 'queued' | 'queueMs'>) {
    this.#limits = limits;
  }

  /** Resolves when it is worth looking again. Rejects with ConnectionError `full`, or with the signal's reason. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    const { queued, queueMs } = this.#limits;
    if (this.#queue.size >= queued)
      return Promise.reject(new ConnectionError('full', `${queued} requests wait for a connection already`));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        this.#queue.delete(waiting);
      };
      const waiting: Waiting = {
        admit: () => {
          leave();
          resolve();
        },
        refuse: (reason) => {
          leave();
          reject(reason);
        },
      };
      const aborted = (): void => waiting.refuse(signal?.reason);
      const late = new ConnectionError('full', `no connection became free within ${queueMs} ms`);
      const timer = setTimeout(() => waiting.refuse(late), queueMs);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#queue.add(waiting);
    });
  }

  /** Lets the first ones look again. */
  admit(count: number): void {
    let left = count;
    for (const waiting of this.#queue) {
      if (left-- <= 0) return;
      waiting.admit();
    }
  }

  /** Refuses all who wait. */
  close(reason: unknown): void {
    for (const waiting of this.#queue) waiting.refuse(reason);
  }

  /** Waits for what others wait for too: the signal ends only this waiting. */
  race(shared: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    if (!signal) return shared;
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
    });
  }
}
