import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import type { Logger } from '@kcp/telemetry';
import type { Backend } from '../backend.ts';
import { Window } from './window.ts';

/** Time as compaction sees it. */
export interface CompactionClock {
  /** Milliseconds; never goes back. */
  now(): number;
  /** Calls again and again until it is disposed. */
  every(milliseconds: number, call: () => void): Disposable;
}

/** What to keep of which store. */
export interface CompactionOptions {
  readonly backend: Backend;
  readonly logger: Logger;
  /** How long the past is kept, in milliseconds; 5 minutes where absent. */
  readonly windowMs?: number;
  /** At most so many bytes of the past, whatever their age; 2 GiB where absent. */
  readonly maxBytes?: number;
  readonly clock?: CompactionClock;
}

const WINDOW_MS = 5 * 60 * 1000;
const MAX_BYTES = 2 * 1024 ** 3;
/** How often the age is looked at, per window. */
const LOOKS = 30;

/**
 * Compacts a store for as long as it is not disposed: what was superseded longer ago than the window is forgotten, earlier where it is too much. What a store brings along
 * from an earlier run counts as written at the start. A full disk is no reason to stop.
 */
export const startCompaction = (options: CompactionOptions): Disposable => {
  const { backend, windowMs = WINDOW_MS, maxBytes = MAX_BYTES, clock = processClock } = options;
  const logger = options.logger.child({ part: 'compaction' });
  const window = new Window({ windowMs, maxBytes });
  let running = false;
  const look = async (): Promise<void> => {
    const revision = running ? undefined : window.excess(clock.now());
    if (revision === undefined || revision <= backend.compacted()) return;
    running = true;
    try {
      await backend.compact(revision);
      logger.debug('compacted', { revision });
    } catch (error) {
      logger.warn('compaction failed, the next one covers its revisions', { revision, error });
    } finally {
      running = false;
    }
  };
  window.mark(backend.head(), clock.now());
  const stack = new DisposableStack();
  stack.use(backend.subscribe((changes) => window.add(changes, clock.now())));
  stack.use(
    clock.every(windowMs / LOOKS, () => {
      window.mark(backend.head(), clock.now());
      void look();
    }),
  );
  return stack;
};

const processClock: CompactionClock = {
  now: () => performance.now(),
  every: (milliseconds, call) => {
    const timer = setInterval(call, milliseconds).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
