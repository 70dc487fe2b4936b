const FIRST_SIZE = 1024;
/** Up to this length a loop beats the call into the runtime. */
const SHORT_TEXT = 48;

/**
 * Writes a message from its end to its beginning, as Go's generated code does: the length of what is inside is known when it is
 * to be written, and nothing is measured first.
 */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);
  /** Where what is written begins. */
  #at = FIRST_SIZE;

  /** How many bytes are written. */
  get size(): number {
    return this.#bytes.length - this.#at;
  }

  /** What is written. The writer is of no use afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  tag(field: number, wireType: number): void {
    this.unsigned(field * 8 + wireType);
  }

  /** The head of a length-delimited field whose content is everything since the writer had this size. */
  head(field: number, sizeBefore: number): void {
    this.unsigned(this.size - sizeBefore);
    this.tag(field, 2);
  }

  /** A non-negative integer that a double holds exactly. */
  unsigned(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
    let at = this.#room(size);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[at++] = (rest % 128) | 128;
    this.#bytes[at] = rest;
  }

  /** An int32 or int64: negative numbers take ten bytes. */
  integer(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return this.unsigned(value);
    const parts: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) parts.push(Number(rest & 127n) | 128);
    parts.push(Number(rest));
    const at = this.#room(parts.length);
    this.#bytes.set(parts, at);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  /** The UTF-8 of a text. */
  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.#ascii(value)) return;
    const size = Buffer.byteLength(value);
    const at = this.#room(size);
    this.#bytes.write(value, at, size, 'utf8');
  }

  #ascii(value: string): boolean {
    for (let index = 0; index < value.length; index += 1) if (value.charCodeAt(index) > 127) return false;
    const at = this.#room(value.length);
    for (let index = 0; index < value.length; index += 1) this.#bytes[at + index] = value.charCodeAt(index);
    return true;
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Makes room before what is written; where it begins. */
  #room(size: number): number {
    if (size > this.#at) this.#grow(size);
    this.#at -= size;
    return this.#at;
  }

  #grow(size: number): void {
    const written = this.size;
    const next = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, written + size));
    this.#bytes.copy(next, next.length - written, this.#at);
    this.#bytes = next;
    this.#at = next.length - written;
  }
}
