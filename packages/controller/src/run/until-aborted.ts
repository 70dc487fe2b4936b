/** Fulfils when one of the signals is aborted; leaves no listener behind. */
export function untilAborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const signal of signals) signal.removeEventListener('abort', done);
      resolve();
    };
    if (signals.some(({ aborted }) => aborted)) return done();
    for (const signal of signals) signal.addEventListener('abort', done);
  });
}
