import type { Backend } from './backend.ts';

/** Several backends as one: each gets every event, all of them must take it. */
export function unionBackend(backends: readonly Backend[]): Backend {
  const [first] = backends;
  if (first !== undefined && backends.length === 1) return first;
  return {
    process: (events) => {
      const taken = backends.map((backend) => backend.process(events));
      if (!taken.some((answer) => answer instanceof Promise)) return taken.every((answer) => answer === true);
      return Promise.all(taken.map(async (answer) => answer)).then((answers) => answers.every(Boolean));
    },
    close: async (deadline) => {
      await Promise.all(backends.map((backend) => backend.close(deadline)));
    },
  };
}
