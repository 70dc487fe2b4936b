import type { Backend } from './backend.ts';

/** Waits for a backend and does not mind its failures: mode `blocking`. */
export function lenientBackend(backend: Backend): Backend {
  return {
    process: (events) => {
      const taken = backend.process(events);
      return taken instanceof Promise ? taken.then(() => true) : true;
    },
    close: (deadline) => backend.close(deadline),
  };
}
