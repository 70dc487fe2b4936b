import type { AuditEvent } from '../event/audit-event.ts';

/** The most bytes of events that wait in one buffer, whatever their number. */
export const BUFFER_BYTES = 64 * 1024 * 1024;

/** Events that wait, in order, bounded by number and bytes. */
export class EventQueue {
  readonly #most: number;
  #events: AuditEvent[] = [];
  /** The first that was not taken yet. */
  #head = 0;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#events.length - this.#head;
  }

  /** False where there is no room. */
  push(event: AuditEvent): boolean {
    if (this.length >= this.#most || this.#bytes + event.size > BUFFER_BYTES) return false;
    this.#events.push(event);
    this.#bytes += event.size;
    return true;
  }

  /** The next events, at most so many and so many bytes, but one at least. */
  take(most: number, bytes: number): readonly AuditEvent[] {
    const taken: AuditEvent[] = [];
    let size = 0;
    for (const event of this.#events.slice(this.#head, this.#head + most)) {
      if (taken.length > 0 && size + event.size > bytes) break;
      taken.push(event);
      size += event.size;
    }
    this.#head += taken.length;
    this.#bytes -= size;
    if (this.#head > this.#events.length / 2) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  /** Forgets all; how many there were. */
  clear(): number {
    const { length } = this;
    this.#events = [];
    this.#head = 0;
    this.#bytes = 0;
    return length;
  }
}
