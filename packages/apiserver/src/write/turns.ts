import type { ObjectReader } from '@kcp/object-store';

/** Nobody waits longer for a turn: who has it may wait for a webhook, and that for a write of its own to the same object. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Lets those in one after another, by key, who would otherwise lose against each other again and again. Keeps nothing of keys that
 * nobody asks for; who waits is a request under way, and those are bounded.
 */
export class Turns {
  readonly #queues = new Map<string, Set<() => void>>();

  /** True where somebody has the turn: who comes would lose against them, or they against who comes. */
  isTaken(key: string): boolean {
    return this.#queues.has(key);
  }

  /** Waits for a turn, ten seconds at the most; disposing of what it gives lets the next one in. */
  async enter(key: string): Promise<Disposable> {
    const queue = this.#queues.get(key);
    if (queue === undefined) {
      this.#queues.set(key, new Set());
    } else if (!(await waited(queue))) {
      return { [Symbol.dispose]: () => {} };
    }
    return { [Symbol.dispose]: () => this.#leave(key) };
  }

  #leave(key: string): void {
    const queue = this.#queues.get(key);
    const [next] = queue ?? [];
    if (queue === undefined || next === undefined) {
      this.#queues.delete(key);
      return;
    }
    queue.delete(next);
    next();
  }
}

/** True where the turn came, false where the wait was too long. */
function waited(queue: Set<() => void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      queue.delete(enter);
      resolve(false);
    }, LONGEST_WAIT_MS);
    const enter = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    queue.add(enter);
  });
}

const ofStores = new WeakMap<ObjectReader, Turns>();

/** The turns of those who write to a store. */
export function turnsOf(store: ObjectReader): Turns {
  const turns = ofStores.get(store) ?? new Turns();
  ofStores.set(store, turns);
  return turns;
}
