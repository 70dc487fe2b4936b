/** The signals that ask a program to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
}

/** What a second signal does, and where signals come from. */
export interface UntilSignalOptions {
  /** Called for every signal after the first: whoever asks twice does not want to wait. */
  readonly force: (signal: StopSignal) => void;
  /** `process` where left out. */
  readonly source?: SignalSource;
  /** Stops listening. */
  readonly end?: AbortSignal;
}

/** Resolves with the first SIGINT or SIGTERM; from then on each further one calls `force`. */
export function untilSignal(options: UntilSignalOptions): Promise<StopSignal> {
  const source = options.source ?? process;
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let asked = false;
  const heard = (signal: StopSignal): void => {
    if (asked) options.force(signal);
    asked = true;
    resolve(signal);
  };
  source.on('SIGINT', heard);
  source.on('SIGTERM', heard);
  options.end?.addEventListener('abort', () => {
    source.off('SIGINT', heard);
    source.off('SIGTERM', heard);
  });
  return promise;
}
