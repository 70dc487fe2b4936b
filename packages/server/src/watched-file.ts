import { watch } from 'node:fs';
import { dirname } from 'node:path';

/** What happens to a file. */
export interface FileWatch {
  readonly file: string;
  /** Called when the file, or another in its folder, may have changed; never twice at a time. */
  readonly look: () => Promise<void>;
  /** Told of what keeps it from being watched; it is still looked at every minute. */
  readonly failed: (error: unknown) => void;
}

/** A file is looked at so often even where nothing was heard of it: network file systems tell nobody. */
const INTERVAL_MS = 60_000;
/** Editors and kubelets write a file in several steps. */
const SETTLE_MS = 100;

/**
 * Watches the folder of a file, since editors and mounted ConfigMaps replace files rather than write into them. Disposing of it
 * waits for a look under way.
 */
export function watchFile({ file, look, failed }: FileWatch): AsyncDisposable {
  let settling: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const lookSoon = (): void => {
    looking = looking.then(look).catch(failed);
  };
  const interval = setInterval(lookSoon, INTERVAL_MS);
  interval.unref();
  const heard = (): void => {
    clearTimeout(settling);
    settling = setTimeout(lookSoon, SETTLE_MS);
    settling.unref();
  };
  const watcher = watching(dirname(file), heard, failed);
  return {
    async [Symbol.asyncDispose]() {
      watcher?.close();
      clearInterval(interval);
      clearTimeout(settling);
      await looking;
    },
  };
}

function watching(folder: string, heard: () => void, failed: (error: unknown) => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, heard);
    watcher.on('error', failed);
    return watcher;
  } catch (error) {
    failed(error);
    return undefined;
  }
}
