/** Time as an argument: what waits asks a clock, so that a test decides when it is later. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once, at least so many milliseconds from now, unless disposed of before. Does not keep a process alive. */
  after(milliseconds: number, run: () => void): Disposable;
}

/** Longer waits overflow a timer and would fire at once; whoever waits longer looks at the clock again. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER));
    timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/**
 * The machine's clock as it was when the process began, and steadily on from there: setting the machine's time moves it not.
 * For what measures how long something takes; it stands still while the machine is suspended.
 */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (milliseconds, run) => systemClock.after(milliseconds, run),
};
