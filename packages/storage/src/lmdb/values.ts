import type { Revision } from '../backend.ts';
import { REVISION_BYTES, readRevision, writeRevision } from './revision-bytes.ts';

/** How lmdb turns a value into bytes and back. `decode` gets memory that is reused right after: it must copy what it keeps. */
export interface ValueEncoder<V> {
  encode(value: V): Buffer;
  decode(bytes: Uint8Array): V;
}

/** The newest bytes of a key. */
export interface Stored {
  readonly revision: Revision;
  readonly value: Uint8Array;
}

/** Where a write stands among the writes of its key. See lineage.ts. */
export interface Lineage {
  /** The revision of the write before, or 0. */
  readonly before: Revision;
  /** How many writes came before, as far as is known. */
  readonly depth: number;
  /** The revision of an earlier write, or 0, and its depth. */
  readonly jump: Revision;
  readonly jumpDepth: number;
}

/** What the log keeps of one write. */
export interface LogEntry {
  readonly key: string;
  readonly deleted: boolean;
  readonly lineage: Lineage;
  /** What the key held before. */
  readonly previous: Stored | undefined;
}

/** `length` is that of the value: lmdb sets it by hand on a buffer that is longer. */
const copy = (bytes: Uint8Array, start: number): Buffer => {
  const own = Buffer.allocUnsafe(bytes.length - start);
  own.set(bytes.subarray(start, bytes.length));
  return own;
};

export const storedValues: ValueEncoder<Stored> = {
  encode({ revision, value }) {
    const bytes = Buffer.allocUnsafe(REVISION_BYTES + value.byteLength);
    bytes.set(value, writeRevision(revision, bytes, 0));
    return bytes;
  },
  decode: (bytes) => ({ revision: readRevision(bytes, 0), value: copy(bytes, REVISION_BYTES) }),
};

const DELETED = 1;
/** Positions in a log entry; behind them the key, and the previous bytes. */
const AT = { flags: 0, before: 1, depth: 9, jump: 17, jumpDepth: 25, previous: 33, keyBytes: 41, key: 43 } as const;

const readLineage = (bytes: Uint8Array): Lineage => ({
  before: readRevision(bytes, AT.before),
  depth: readRevision(bytes, AT.depth),
  jump: readRevision(bytes, AT.jump),
  jumpDepth: readRevision(bytes, AT.jumpDepth),
});

export const logEntries: ValueEncoder<LogEntry> = {
  encode({ key, deleted, lineage, previous }) {
    const keyBytes = Buffer.byteLength(key);
    const bytes = Buffer.allocUnsafe(AT.key + keyBytes + (previous?.value.byteLength ?? 0));
    bytes.writeUInt8(deleted ? DELETED : 0, AT.flags);
    writeRevision(lineage.before, bytes, AT.before);
    writeRevision(lineage.depth, bytes, AT.depth);
    writeRevision(lineage.jump, bytes, AT.jump);
    writeRevision(lineage.jumpDepth, bytes, AT.jumpDepth);
    writeRevision(previous?.revision ?? 0, bytes, AT.previous);
    bytes.writeUInt16BE(keyBytes, AT.keyBytes);
    bytes.write(key, AT.key);
    if (previous !== undefined) bytes.set(previous.value, AT.key + keyBytes);
    return bytes;
  },
  decode(source) {
    const bytes = copy(source, 0);
    const keyEnd = AT.key + bytes.readUInt16BE(AT.keyBytes);
    const revision = readRevision(bytes, AT.previous);
    return {
      key: bytes.toString('utf8', AT.key, keyEnd),
      deleted: bytes.readUInt8(AT.flags) === DELETED,
      lineage: readLineage(bytes),
      previous: revision === 0 ? undefined : { revision, value: bytes.subarray(keyEnd) },
    };
  },
};

/** Reads of a log entry no more than its lineage. */
export const lineages: ValueEncoder<Lineage> = {
  encode: () => {
    throw new TypeError('a lineage is written as a part of its log entry');
  },
  decode: readLineage,
};

export const revisions: ValueEncoder<Revision> = {
  encode(revision) {
    const bytes = Buffer.allocUnsafe(REVISION_BYTES);
    writeRevision(revision, bytes, 0);
    return bytes;
  },
  decode: (bytes) => readRevision(bytes, 0),
};

export const bytes: ValueEncoder<Uint8Array> = {
  encode: (value) => Buffer.from(value),
  decode: (source) => copy(source, 0),
};

const EMPTY = Buffer.alloc(0);

/** For tables whose keys say it all. */
export const nothing: ValueEncoder<null> = { encode: () => EMPTY, decode: () => null };
