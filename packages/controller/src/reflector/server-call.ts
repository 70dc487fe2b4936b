import type { Clock } from '../clock.ts';

/** What a call is made of. */
export interface ServerCallOptions {
  readonly clock: Clock;
  /** How long it may be silent, in milliseconds. */
  readonly limitMs: number;
  /** Called once, when it was silent for longer. */
  readonly onSilence: () => void;
}

/** A list or watch under way: can be broken off, and notices silence. Costs one timer, however much is heard. */
export class ServerCall implements Disposable {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  readonly #abort = new AbortController();
  readonly #over = Promise.withResolvers<void>();
  #limitMs: number;
  #heard: number;
  #isHeld = false;
  #timer: Disposable;

  constructor({ clock, limitMs, onSilence }: ServerCallOptions) {
    this.#clock = clock;
    this.#onSilence = onSilence;
    this.#limitMs = limitMs;
    this.#heard = clock.now();
    this.#timer = this.#arm(limitMs);
  }

  /** Aborted when the call is broken off. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** How long it may be silent from now on. */
  set limitMs(limitMs: number) {
    this.#limitMs = limitMs;
    this.hear();
    this.#timer[Symbol.dispose]();
    this.#timer = this.#arm(limitMs);
  }

  /** Something came. */
  hear(): void {
    this.#heard = this.#clock.now();
  }

  /** Waits, at most until the call is broken off. While we do not listen, silence means nothing. */
  async hold(until: Promise<unknown>): Promise<void> {
    this.#isHeld = true;
    try {
      await Promise.race([until, this.#over.promise]);
    } finally {
      this.#isHeld = false;
      this.hear();
    }
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#abort.abort();
    this.#over.resolve();
  }

  #arm(milliseconds: number): Disposable {
    return this.#clock.after(milliseconds, () => this.#look());
  }

  #look(): void {
    const silentMs = this.#isHeld ? 0 : this.#clock.now() - this.#heard;
    if (silentMs >= this.#limitMs) this.#onSilence();
    else this.#timer = this.#arm(this.#limitMs - silentMs);
  }
}
