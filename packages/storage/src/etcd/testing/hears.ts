import type { Backend } from '../../backend.ts';

/** Fulfils when a backend has told of a key, or holds it as it is wanted. */
export const hears = (backend: Backend, key: string): Promise<void> =>
  new Promise((resolve) => {
    const subscription = backend.subscribe((changes) => {
      if (!changes.some((change) => change.key === key)) return;
      subscription[Symbol.dispose]();
      resolve();
    });
  });

/** Fulfils with the revision up to which a backend had told everything when it missed something. */
export const misses = (backend: Backend): Promise<number> =>
  new Promise((resolve) => {
    const subscription = backend.subscribe(
      () => {},
      (told) => {
        subscription[Symbol.dispose]();
        resolve(told);
      },
    );
  });
