import type { SocketEnd } from './message-socket.ts';

/** The end of a socket: known once, told to all who listen. */
export class SocketEnding {
  #end: SocketEnd | undefined;
  #listeners: (() => void)[] = [];
  #controller: AbortController | undefined;

  get end(): SocketEnd | undefined {
    return this.#end;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#end) this.#controller.abort();
    return this.#controller.signal;
  }

  onClose(listener: () => void): void {
    if (this.#end) listener();
    else this.#listeners.push(listener);
  }

  /** Only the first end counts; false for the others. */
  settle(end: SocketEnd): boolean {
    if (this.#end) return false;
    this.#end = end;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
    this.#controller?.abort();
    return true;
  }
}
