import { systemClock } from '@kcp/controller';
import { openObjectStore, type ObjectWriter, type OpenObjectStore } from '@kcp/object-store';
import type { Backend } from '@kcp/storage';
import { silentMeter, type Logger } from '@kcp/telemetry';
import { subjectIndex } from '@kcp/virtual-workspaces';
import type { ServerOptions } from './options.ts';

/** What a store is opened with. */
export interface StoreParts {
  readonly backend: Backend;
  readonly logger: Logger;
  /** Ends the store with the server. */
  readonly owned: AsyncDisposableStack;
}

/** Opens the typed store, with all that objects are found by beside their keys. */
export function openStore(
  { meter, freezesObjects }: ServerOptions,
  { backend, logger, owned }: StoreParts,
): ObjectWriter {
  const store = owned.use(
    openObjectStore({
      backend,
      logger,
      meter: meter ?? silentMeter,
      clock: systemClock,
      freezesObjects: freezesObjects ?? false,
      indexes: [subjectIndex],
    }),
  );
  owned.use(buildingIndexes(store, logger));
  return store;
}

/**
 * Brings the indexes up to what is stored, while the server serves: a store that had them from the beginning costs one read. Disposing of it
 * breaks it off; the next start goes on with it.
 */
function buildingIndexes(store: Pick<OpenObjectStore, 'buildIndexes'>, logger: Logger): AsyncDisposable {
  const stop = new AbortController();
  const built = store.buildIndexes(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted)
      logger.error('the indexes of the store could not be built; the next start tries again', { error });
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await built;
    },
  };
}
