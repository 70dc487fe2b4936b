/** What the scheduler needs of the event loop. */
export interface LoopClock {
  /** In milliseconds, from any point on. */
  readonly now: () => number;
  /** Calls back once the network had its turn. */
  readonly afterTurn: (callback: () => void) => void;
  /** Calls back later, in milliseconds; what it gives ends the waiting. It holds no process alive. */
  readonly after: (ms: number, callback: () => void) => Disposable;
}

/** The event loop of this process. */
export const loopClock: LoopClock = {
  now: () => performance.now(),
  afterTurn: (callback) => void setImmediate(callback),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** How long requests were begun in this turn of the event loop; costs one callback a turn, and none where nothing is asked. */
export class Turn {
  readonly #clock: LoopClock;
  readonly #longest: number;
  #began = 0;
  #isOpen = false;

  constructor(clock: LoopClock, longest: number) {
    this.#clock = clock;
    this.#longest = longest;
  }

  /** True where this turn has lasted as long as it may. The first question of a turn begins it. */
  isOver(): boolean {
    if (this.#isOpen) return this.#clock.now() - this.#began >= this.#longest;
    this.begin();
    this.#clock.afterTurn(() => {
      this.#isOpen = false;
    });
    return false;
  }

  /** A new turn begins, and ends when it is told to. */
  begin(): void {
    this.#isOpen = true;
    this.#began = this.#clock.now();
  }
}
