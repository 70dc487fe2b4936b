import { setImmediate } from 'node:timers/promises';

/** Lets others have their turn: long work calls it between its pages, so that nothing holds the event loop. */
export function breathe(): Promise<void> {
  return setImmediate();
}
