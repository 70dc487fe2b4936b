import { sameness, type Occurrence } from './occurrence.ts';

/** Something that happens, once or again and again: one Event object. */
export interface Series {
  readonly occurrence: Occurrence;
  readonly name: string;
  count: number;
  lastAt: number;
  /** How much of it the server knows; 0 before the event is created. */
  written: number;
  writtenAt: number;
}

/** After so long without another occurrence a series is over; the next one begins an event of its own (k8s.io/client-go tools/events). */
const SERIES_MS = 6 * 60_000;

/** The count of a series is brought up to date at most so often: what happens a thousand times a second costs two writes a minute. */
const REWRITE_MS = 30_000;

/** What is counted at the same time, and with it what waits to be written. */
const SERIES_LIMIT = 1_000;

/** Which events there are and what of them has yet to be written. Bounded; no timers, time is an argument. */
export class SeriesBook {
  readonly #series = new Map<string, Series>();
  readonly #limit: number;

  constructor(limit = SERIES_LIMIT) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#series.size;
  }

  /** Counts an occurrence; the series that was given up unwritten for it, where there was no room. */
  count(occurrence: Occurrence, now: number, newName: () => string): Series | undefined {
    const key = sameness(occurrence);
    const known = this.#series.get(key);
    if (known !== undefined && now - known.lastAt < SERIES_MS) {
      known.count += 1;
      known.lastAt = now;
      return undefined;
    }
    this.#series.delete(key);
    this.#series.set(key, { occurrence, name: newName(), count: 1, lastAt: now, written: 0, writtenAt: -Infinity });
    return known !== undefined && isUnwritten(known) ? known : this.#makeRoom(now);
  }

  /** A series that is to be written now. The first repetition is, further ones when some time has passed. */
  due(now: number): Series | undefined {
    for (const series of this.#series.values()) {
      if (isUnwritten(series) && (series.written < 2 || now - series.writtenAt >= REWRITE_MS)) return series;
    }
    return undefined;
  }

  /** When the next series will be due, in milliseconds since the epoch; undefined where none waits. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const series of this.#series.values()) {
      if (!isUnwritten(series)) continue;
      const at = series.written < 2 ? series.lastAt : series.writtenAt + REWRITE_MS;
      if (next === undefined || at < next) next = at;
    }
    return next;
  }

  /** Series with occurrences that the server does not know of. */
  *unwritten(): IterableIterator<Series> {
    for (const series of this.#series.values()) if (isUnwritten(series)) yield series;
  }

  /** Gives a series up. */
  drop(series: Series): void {
    const key = sameness(series.occurrence);
    if (this.#series.get(key) === series) this.#series.delete(key);
  }

  /** Ended series go first, then the oldest. */
  #makeRoom(now: number): Series | undefined {
    if (this.#series.size <= this.#limit) return undefined;
    for (const [key, series] of this.#series) {
      if (now - series.lastAt >= SERIES_MS && !isUnwritten(series)) this.#series.delete(key);
    }
    if (this.#series.size <= this.#limit) return undefined;
    const oldest = this.#series.entries().next();
    if (oldest.done === true) return undefined;
    const [key, series] = oldest.value;
    this.#series.delete(key);
    return isUnwritten(series) ? series : undefined;
  }
}

function isUnwritten({ count, written }: Series): boolean {
  return count > written;
}
