import { WorkerOffload } from '@kcp/apiserver';
import type { Logger, Meter } from '@kcp/telemetry';

/** Where this server does large work: in worker threads, which start when there is some. */
export function startOffload(logger: Logger, meter: Meter): WorkerOffload {
  // the entry lies beside this file, as source or as it was built
  const name = import.meta.url.endsWith('.ts') ? './offload-worker.ts' : './offload-worker.js';
  return new WorkerOffload({ entry: new URL(name, import.meta.url), logger, meter });
}
