/** Runs tasks, so many at once and no more; the rest wait in the order they came. */
export type Turns = <T>(task: () => Promise<T>) => Promise<T>;

/** Makes turns of which `atOnce` are taken at once. The caller bounds how many wait. */
export function turns(atOnce: number): Turns {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
