/**
 * Rows of one kind are much alike, and a page holds few of them: they are packed, as blocks of LZ4 over a dictionary that the store keeps. lmdb-js
 * unpacks them while it reads (a microsecond, natively). It could pack too, but hands each value to a thread and reads the dictionary anew for
 * each, which costs 20 µs a row; here it is read once, and a row takes 4 (docs/adr/0016-rows-are-packed.md).
 *
 * Written after the description of the format, github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md. Before a block stands lmdb-js's header: 254, and
 * the length of what was packed, 24 bits.
 */

/** Shorter values stay as they are: what could be saved is less than what it costs. */
const SHORTEST = 150;

/** Longer values stay as they are, in pages of their own: packing them would hold the event loop. */
const LONGEST = 32 * 1024 - 1;

/** The longest dictionary. With the longest value behind it positions have 16 bits, as distances in the format do. */
export const MAX_DICTIONARY = 32 * 1024;

const PACKED = 254;
const HEADER = 4;

/** The shortest match; before the last five bytes no match ends, before the last twelve none begins (rules of the format). */
const MIN_MATCH = 4;
const LAST_LITERALS = 5;
const LAST_START = 12;

const HASH_BITS = 12;
const NOWHERE = 0xffff;
/** After so many places in a row without a match the steps grow: what cannot be packed is passed over quickly. */
const PATIENCE = 6;

/** Packs values for tables that are read with the same dictionary. Holds its working memory; not to be used by two at a time. */
export class Packing {
  readonly #begin: number;
  /** The dictionary, and behind it what is being packed. */
  readonly #work: Uint8Array;
  readonly #out: Uint8Array;
  readonly #table = new Uint16Array(1 << HASH_BITS);
  /** Where in the dictionary something begins, by its hash. */
  readonly #known = new Uint16Array(1 << HASH_BITS).fill(NOWHERE);
  #end = 0;

  constructor(dictionary: Uint8Array) {
    this.#begin = dictionary.length;
    this.#work = new Uint8Array(dictionary.length + LONGEST);
    this.#work.set(dictionary);
    this.#out = new Uint8Array(LONGEST + 2 * LAST_START);
    for (let at = 0; at + MIN_MATCH <= dictionary.length; at += 1) this.#known[hashOf(fourAt(this.#work, at))] = at;
  }

  /** The value, packed; itself where that does not make it shorter. */
  pack(value: Buffer): Buffer {
    const { length } = value;
    if (length < SHORTEST || length > LONGEST) return value;
    this.#work.set(value, this.#begin);
    this.#end = this.#begin + length;
    const size = this.#compress();
    if (size === 0) return value;
    const packed = Buffer.allocUnsafe(HEADER + size);
    packed[0] = PACKED;
    packed.writeUIntBE(length, 1, HEADER - 1);
    packed.set(this.#out.subarray(0, size), HEADER);
    return packed;
  }

  /** The size of the block that was made in `#out`; 0 where it would not be shorter. */
  #compress(): number {
    const [work, table, end] = [this.#work, this.#table, this.#end];
    table.set(this.#known);
    const lastStart = end - LAST_START;
    const most = end - this.#begin - HEADER;
    let size = 0;
    let anchor = this.#begin;
    let missed = 0;
    for (let at = anchor; at <= lastStart;) {
      const four = fourAt(work, at);
      const hash = hashOf(four);
      const candidate = table[hash] ?? NOWHERE;
      table[hash] = at;
      if (candidate === NOWHERE || fourAt(work, candidate) !== four) {
        at += 1 + (missed >> PATIENCE);
        missed += 1;
        continue;
      }
      missed = 0;
      const back = this.#sharedBefore(candidate, at, anchor);
      const start = at - back;
      at = this.#matchEnd(candidate, at);
      if (size + (start - anchor) + 16 + (at - start) / 255 > most) return 0;
      size = this.#put(size, { anchor, start, distance: start - candidate + back, end: at });
      table[hashOf(fourAt(work, at - 2))] = at - 2;
      anchor = at;
    }
    if (size + (end - anchor) * 1.004 + 2 > most) return 0;
    return this.#putLiterals(size, anchor, end);
  }

  /** How many bytes before two equal places are equal too, down to `anchor`. */
  #sharedBefore(candidate: number, at: number, anchor: number): number {
    const work = this.#work;
    const most = Math.min(at - anchor, candidate);
    let shared = 0;
    while (shared < most && work[at - shared - 1] === work[candidate - shared - 1]) shared += 1;
    return shared;
  }

  #matchEnd(candidate: number, start: number): number {
    const work = this.#work;
    const last = this.#end - LAST_LITERALS;
    let at = start + MIN_MATCH;
    for (let from = candidate + MIN_MATCH; at < last && work[at] === work[from]; from += 1) at += 1;
    return at;
  }

  /** Literals from `anchor` to `start`, then the match to `end`. */
  #put(size: number, { anchor, start, distance, end }: Sequence): number {
    const out = this.#out;
    const length = end - start - MIN_MATCH;
    let at = this.#putLiterals(size, anchor, start);
    out[size] = (out[size] ?? 0) | Math.min(length, 15);
    out[at++] = distance & 0xff;
    out[at++] = distance >> 8;
    return length < 15 ? at : this.#putLength(at, length - 15);
  }

  #putLiterals(size: number, from: number, to: number): number {
    const [work, out] = [this.#work, this.#out];
    const length = to - from;
    out[size] = Math.min(length, 15) << 4;
    let at = length < 15 ? size + 1 : this.#putLength(size + 1, length - 15);
    for (let index = from; index < to; index += 1) out[at++] = work[index] ?? 0;
    return at;
  }

  #putLength(at: number, length: number): number {
    let [position, rest] = [at, length];
    for (; rest >= 255; rest -= 255) this.#out[position++] = 255;
    this.#out[position++] = rest;
    return position;
  }
}

interface Sequence {
  readonly anchor: number;
  readonly start: number;
  readonly distance: number;
  readonly end: number;
}

/** Four bytes as a number; reading behind the end gives zeros. */
const fourAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

/** Fibonacci hashing, as LZ4's own. */
const hashOf = (four: number): number => Math.imul(four, -1640531535) >>> (32 - HASH_BITS);
