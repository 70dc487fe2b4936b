import type { KubeObject } from '@kcp/api-machinery';
import type { Revision, Row } from '@kcp/storage';
import type { RowHeader } from './codec.ts';
import {
  corruptRow,
  decodeRow,
  hasFinalizers,
  hasOwners,
  isTerminating,
  readFinalizers,
  readFingerprint,
  readHeader,
} from './codec.ts';
import type { Bucket, ObjectKey } from './keys.ts';
import { objectKeyOf } from './keys.ts';
import type { StoredObject } from './object-store.ts';

const OPEN_BRACE = 0x7b;

/** Makes stored objects of rows. */
export type ReadRow = (bucket: Bucket, row: Row) => StoredObject;

/** A row of the store, read as far as it is asked. Nothing is parsed to serve its bytes: the revision's digits are put into their hole. */
export class StoredRow implements StoredObject {
  readonly bucket: Bucket;
  readonly revision: Revision;
  readonly #storageKey: string;
  readonly #bytes: Buffer;
  readonly #header: RowHeader;
  readonly #freezes: boolean;
  #key: ObjectKey | undefined;
  #fingerprint: string | undefined;
  #digits: string | undefined;
  #decoded: KubeObject | undefined;

  /** Throws ApiError StoreReadError, naming the key, where the row is corrupt. `freezes`: whether decoded objects are frozen. */
  constructor(bucket: Bucket, row: Row, freezes: boolean) {
    const { value } = row;
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const header = readHeader(bytes);
    if (header === undefined) throw corruptRow(row.key, 'no row of a known format');
    this.bucket = bucket;
    this.revision = row.revision;
    this.#storageKey = row.key;
    this.#bytes = bytes;
    this.#header = header;
    this.#freezes = freezes;
  }

  get key(): ObjectKey {
    return (this.#key ??= objectKeyOf(this.#storageKey));
  }

  get fingerprint(): string {
    return (this.#fingerprint ??= readFingerprint(this.#bytes, this.#header));
  }

  get hasFinalizers(): boolean {
    return hasFinalizers(this.#header);
  }

  get finalizers(): readonly string[] {
    if (this.#decoded !== undefined) return this.#decoded.metadata.finalizers ?? [];
    try {
      return readFinalizers(this.#bytes, this.#header);
    } catch (error) {
      throw corruptRow(this.#storageKey, 'no JSON of an object', error);
    }
  }

  get hasOwners(): boolean {
    return hasOwners(this.#header);
  }

  get isTerminating(): boolean {
    return isTerminating(this.#header);
  }

  get jsonSize(): number {
    return this.#bytes.length - this.#header.start + this.#resourceVersion.length;
  }

  get itemSize(): number {
    return this.#bytes.length - this.#header.typeMetaEnd + this.#resourceVersion.length;
  }

  json(): Buffer {
    const target = Buffer.allocUnsafe(this.jsonSize);
    this.copyJson(target, 0);
    return target;
  }

  item(): Buffer {
    const target = Buffer.allocUnsafe(this.itemSize);
    this.copyItem(target, 0);
    return target;
  }

  copyJson(target: Buffer, at: number): number {
    return this.#splice(target, at, this.#header.start);
  }

  copyItem(target: Buffer, at: number): number {
    const end = this.#splice(target, at, this.#header.typeMetaEnd);
    target[at] = OPEN_BRACE;
    return end;
  }

  /** The same bytes as the state of another revision: that of the deletion that this was the last state before. */
  as(revision: Revision): StoredRow {
    return new StoredRow(this.bucket, { key: this.#storageKey, revision, value: this.#bytes }, this.#freezes);
  }

  decode(): KubeObject {
    return (this.#decoded ??= this.#decode());
  }

  get #resourceVersion(): string {
    return (this.#digits ??= String(this.revision));
  }

  #splice(target: Buffer, at: number, from: number): number {
    const { hole } = this.#header;
    const digits = this.#resourceVersion;
    let end = at + this.#bytes.copy(target, at, from, hole);
    for (let index = 0; index < digits.length; index++) target[end++] = digits.charCodeAt(index);
    return end + this.#bytes.copy(target, end, hole);
  }

  #decode(): KubeObject {
    try {
      const object = decodeRow(this.#bytes, this.#header, this.#resourceVersion);
      return this.#freezes ? freeze(object) : object;
    } catch (error) {
      throw corruptRow(this.#storageKey, 'no JSON of an object', error);
    }
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
