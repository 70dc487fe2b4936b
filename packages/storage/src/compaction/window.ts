import type { Change, Revision } from '../backend.ts';

/** How much of the past is kept. */
export interface WindowOptions {
  readonly windowMs: number;
  readonly maxBytes: number;
}

interface Mark {
  readonly time: number;
  readonly revision: Revision;
  /** What had been superseded in all by then. */
  readonly bytes: number;
}

/** So many marks share the bytes of a full window. */
const MARKS = 16;

/** Bytes that a log entry takes besides the key and what it supersedes; about. */
const ENTRY_BYTES = 128;

/** Remembers when which revision was the newest, and how much each left behind: from that follows what may be forgotten. */
export class Window {
  readonly #options: WindowOptions;
  #marks: Mark[] = [];
  #bytes = 0;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** Takes note of changes that became durable at a time. */
  add(changes: readonly Change[], time: number): void {
    for (const { key, previous } of changes)
      this.#bytes += ENTRY_BYTES + key.length + (previous?.value.byteLength ?? 0);
    const marked = this.#marks.at(-1)?.bytes ?? 0;
    const last = changes.at(-1);
    if (last !== undefined && this.#bytes - marked >= this.#options.maxBytes / MARKS) this.mark(last.revision, time);
  }

  /** Takes note that a revision is the newest at a time. */
  mark(revision: Revision, time: number): void {
    this.#marks.push({ time, revision, bytes: this.#bytes });
  }

  /** Up to which revision the past is too old or too much; undefined where it is not. */
  excess(time: number): Revision | undefined {
    const { windowMs, maxBytes } = this.#options;
    const last = this.#marks.findLastIndex(
      (mark) => time - mark.time >= windowMs || this.#bytes - mark.bytes >= maxBytes,
    );
    const revision = this.#marks[last]?.revision;
    this.#marks = this.#marks.slice(last + 1);
    return revision;
  }
}
