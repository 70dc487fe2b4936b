import { systemClock, type Clock } from '@kcp/controller';

/** The machine's clock, on which every wait is so many times shorter: back-offs that a test has no time for. */
export function hurriedClock(factor: number): Clock {
  return { now: () => systemClock.now(), after: (milliseconds, run) => systemClock.after(milliseconds / factor, run) };
}
