import type { ChangeSource, Clock, Controller, ReconcileKey } from '@kcp/controller';
import { again, startController } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { Logger, Meter } from '@kcp/telemetry';

/** Work that is done once in a while for all logical clusters together. */
export interface RoundsOptions {
  readonly name: string;
  /** From the end of a round to the beginning of the next, in milliseconds. */
  readonly everyMs: number;
  /** One round: level-based, in bounded steps that let the event loop turn. What it throws is logged, and it comes again after a back-off. */
  readonly round: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

const EVERYTHING: ReconcileKey = { cluster: root, namespace: '', name: 'everything' };

/** Tells once that there is something to do, and nothing after. */
const onceAtTheStart: ChangeSource<ReconcileKey> = {
  head: () => 0,
  follow: () => ({ position: () => 0, [Symbol.dispose]: () => {} }),
  list: () => Promise.resolve({ changes: [EVERYTHING], next: undefined }),
  checkpoint: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
};

/**
 * Starts such work: the first round at once. One timer and one key, however many logical clusters there are, for what is a
 * matter of time alone: it needs to hear of no change.
 */
export function startRounds({ name, everyMs, round, clock, logger, meter }: RoundsOptions): Controller {
  return startController({
    name,
    source: onceAtTheStart,
    keysOf: (key) => [key],
    reconcile: async (_key, { signal }) => {
      await round(signal);
      return again(everyMs);
    },
    concurrency: 1,
    clock,
    logger,
    meter,
  });
}
