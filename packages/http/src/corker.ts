/** What can be held back and let go. */
export interface Corked {
  uncork(): void;
}

/** Lets go, once a turn of the event loop, everything that was written in it: one system call a client instead of one a write. */
export class Corker {
  #held: Corked[] = [];

  hold(corked: Corked): void {
    if (this.#held.length === 0) process.nextTick(this.#release);
    this.#held.push(corked);
  }

  readonly #release = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const corked of held) corked.uncork();
  };
}
