import type { Writable } from 'node:stream';
import { frameChunk } from './chunk-frame.ts';
import type { Corker } from './corker.ts';
import type { Sink } from './exchange.ts';

/** Where a sink's bytes go. */
export interface SinkTarget {
  readonly out: Writable;
  /** True where the sink itself writes HTTP/1.1 chunks, past Node's response: the frame is then shared between sinks. */
  readonly framed: boolean;
  /** Without one every write leaves by itself. */
  readonly corker?: Corker;
}

/** A sink over a Node stream. What is written within one turn of the event loop leaves in one piece. */
export class WritableSink implements Sink {
  readonly #out: Writable;
  readonly #framed: boolean;
  readonly #corker: Corker | undefined;
  #corked = false;
  #closed = false;
  #listeners: (() => void)[] = [];
  #draining: Promise<void> | undefined;
  #resume: (() => void) | undefined;

  constructor(target: SinkTarget) {
    this.#out = target.out;
    this.#framed = target.framed;
    this.#corker = target.corker;
  }

  get pending(): number {
    return this.#closed ? 0 : this.#out.writableLength;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: Uint8Array): boolean {
    // A chunk of no bytes would end an HTTP/1.1 body.
    if (this.#closed || this.#out.destroyed || bytes.byteLength === 0) return true;
    this.cork();
    return this.#out.write(this.#framed ? frameChunk(bytes) : bytes);
  }

  drained(): Promise<void> {
    if (this.#closed || !this.#out.writableNeedDrain) return Promise.resolve();
    this.#draining ??= new Promise((resolve) => {
      this.#resume = resolve;
      this.#out.once('drain', this.#onDrain);
    });
    return this.#draining;
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#listeners.push(listener);
  }

  /** Holds bytes back until the turn ends. */
  cork(): void {
    if (this.#corked || !this.#corker) return;
    this.#corked = true;
    this.#out.cork();
    this.#corker.hold(this);
  }

  /** Lets go what `cork` held. */
  uncork(): void {
    this.#corked = false;
    this.#out.uncork();
  }

  /** Nothing is written any more; the listeners hear of it, once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onDrain();
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  readonly #onDrain = (): void => {
    this.#out.off('drain', this.#onDrain);
    this.#resume?.();
    this.#resume = undefined;
    this.#draining = undefined;
  };
}
