const waiting: (() => void)[] = [];

/**
 * Lets others have their turn: long work calls it between its pages, so that nothing holds the event loop. Of all that wait one
 * goes on in each turn of the loop, the longest waiting first: many long works together hold it no longer than one.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(next);
  });
}

function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
}

/** How long work goes on before others have their turn, in milliseconds (DESIGN §4). */
const TURN_MS = 5;

/** Keeps the time of work in small steps: between them others have their turn whenever its own is over. */
export class Pace {
  #began = performance.now();

  /** Called between steps: waits where the turn is over, else goes on. */
  async turn(): Promise<void> {
    if (this.isOver) await this.breathe();
  }

  /** For where a promise for each step would cost too much. */
  get isOver(): boolean {
    return performance.now() - this.#began >= TURN_MS;
  }

  async breathe(): Promise<void> {
    await breathe();
    this.#began = performance.now();
  }
}
