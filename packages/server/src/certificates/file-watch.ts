import { watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Clock } from '@kcp/controller';
import type { Logger } from '@kcp/telemetry';

/** Where files cannot be watched they are looked at so often, as kube-apiserver does. */
const POLL_MS = 60_000;

/** What is watched, and who is told. */
export interface FileWatchOptions {
  readonly files: readonly string[];
  /** Something changed, perhaps: what is read afterwards decides. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Watches the folders of files: a file that is replaced by another, or reached through a link that is (as a kubelet mounts
 * Secrets), is another file afterwards, while the folder stays. A folder that cannot be watched is looked at once a minute.
 */
export function watchFiles({ files, onChange, clock, logger }: FileWatchOptions): Disposable {
  const parts = new DisposableStack();
  for (const folder of new Set(files.map((file) => dirname(resolve(file))))) {
    const unwatchable = (error: unknown): void => {
      if (parts.disposed) return;
      logger.warn('a folder with certificates cannot be watched; it is looked at once a minute', { folder, error });
      parts.use(poll(clock, onChange));
    };
    try {
      const watcher = watch(folder, { persistent: false }, () => onChange());
      watcher.on('error', unwatchable);
      parts.defer(() => watcher.close());
    } catch (error) {
      unwatchable(error);
    }
  }
  return parts;
}

function poll(clock: Clock, onChange: () => void): Disposable {
  let timer: Disposable;
  const arm = (): void => {
    timer = clock.after(POLL_MS, () => {
      onChange();
      arm();
    });
  };
  arm();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
