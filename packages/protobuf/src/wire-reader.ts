import { ApiError } from '@kcp/api-machinery';
import { WireError, wireTypes } from './wire-type.ts';

/** Messages inside messages beyond this are refused: nothing that the API means is that deep. */
const DEEPEST = 500;

/** The most values that are read of one message: each costs time and memory far beyond its bytes. */
const MOST_VALUES = 200_000;

/** Reads the parts of a message that may be anything: nothing is read beyond its end, nothing is reserved on its word. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;
  #end: number;
  #depth = 0;
  #values = 0;
  /** The two halves of the varint that was read last. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  /** True at the end of the message that is being read. */
  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Counts values. Throws RequestEntityTooLarge where there are more than are read. */
  spend(values: number): void {
    this.#values += values;
    if (this.#values > MOST_VALUES) {
      throw new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MOST_VALUES} keys and items`);
    }
  }

  /** A field's number times eight plus its wire type. `owner` names the message in errors. */
  tag(owner: string): number {
    this.#varint();
    const tag = this.#low >>> 0;
    if (this.#high !== 0 || tag < 8)
      throw new WireError(`proto: ${owner}: illegal tag ${tag >>> 3} (wire type ${tag})`);
    if ((tag & 7) === wireTypes.endGroup) throw new WireError(`proto: ${owner}: wiretype end group for non-group`);
    return tag;
  }

  /** An int64: a bigint where a double cannot hold it. */
  int64(): number | bigint {
    this.#varint();
    if (this.#high === 0) return this.#low >>> 0;
    const value = BigInt.asIntN(64, (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** An int32; what is beyond is cut off. */
  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  bool(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  double(): number {
    const at = this.#take(8);
    return this.#bytes.readDoubleLE(at);
  }

  text(): string {
    const size = this.#length();
    const at = this.#take(size);
    return size === 0 ? '' : this.#bytes.toString('utf8', at, at + size);
  }

  /** The bytes of a length-delimited field, not copied. */
  raw(): Buffer {
    const size = this.#length();
    const at = this.#take(size);
    return this.#bytes.subarray(at, at + size);
  }

  /** Goes into a length-delimited field that is a message; give what this returns to `leave`. */
  enter(): number {
    const size = this.#length();
    if (++this.#depth > DEEPEST) throw new WireError('proto: exceeded max depth');
    const outer = this.#end;
    this.#end = this.#at + size;
    return outer;
  }

  leave(outer: number): void {
    this.#depth -= 1;
    this.#end = outer;
  }

  /** Passes over a field, groups with everything inside. */
  skip(wireType: number): void {
    let groups = 0;
    for (let type = wireType; ;) {
      if (type === wireTypes.startGroup) groups += 1;
      else if (type === wireTypes.endGroup) groups -= 1;
      else this.#skipPlain(type);
      if (groups === 0) return;
      this.#varint();
      type = this.#low & 7;
    }
  }

  #skipPlain(wireType: number): void {
    if (wireType === wireTypes.varint) this.#varint();
    else if (wireType === wireTypes.fixed64) this.#take(8);
    else if (wireType === wireTypes.fixed32) this.#take(4);
    else if (wireType === wireTypes.bytes) this.#take(this.#length());
    else throw new WireError(`proto: illegal wireType ${wireType}`);
  }

  #take(size: number): number {
    const at = this.#at;
    if (size > this.#end - at) throw new WireError('unexpected EOF');
    this.#at = at + size;
    return at;
  }

  /** A length that the rest of the message has. */
  #length(): number {
    this.#varint();
    if (this.#high < 0) throw new WireError('proto: negative length found during unmarshaling');
    const size = this.#low >>> 0;
    if (this.#high !== 0 || size > this.#end - this.#at) throw new WireError('unexpected EOF');
    return size;
  }

  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      if (this.#at >= this.#end) throw new WireError('unexpected EOF');
      const byte = this.#bytes[this.#at++] ?? 0;
      const part = byte & 127;
      if (shift < 32) low |= part << shift;
      if (shift === 28) high |= part >>> 4;
      else if (shift > 28) high |= part << (shift - 32);
      if (byte < 128) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw new WireError('proto: integer overflow');
  }
}
