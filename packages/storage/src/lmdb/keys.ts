import type { Revision } from '../backend.ts';
import { REVISION_BYTES, readRevision, writeRevision } from './revision-bytes.ts';

/** How lmdb turns a key into bytes and back. `writeKey` returns the position after the key; RangeError makes lmdb grow its buffer. */
export interface KeyEncoder<K> {
  writeKey(key: K, target: Buffer, start: number): number;
  readKey(source: Buffer, start: number, end: number): K;
}

/** A text; in brackets, the end of all texts that begin with it. */
export type TextKey = string | [string];

/** Resource scope, block of revisions, cluster within the scope, revision. */
export type IndexKey = [string, number, string, Revision];

/** Ends a range: no UTF-8 text holds this byte. */
const PAST = 0xff;
/** Stands between a text, which holds no such byte, and a revision. */
const SEPARATOR = 0;

const writeText = (text: string, target: Buffer, start: number): number => {
  const room = target.length - start;
  if (text.length * 3 >= room && Buffer.byteLength(text) >= room) throw new RangeError('the key does not fit');
  return start + target.write(text, start);
};

export const textKeys: KeyEncoder<TextKey> = {
  writeKey(key, target, start) {
    if (typeof key === 'string') return writeText(key, target, start);
    return target.writeUInt8(PAST, writeText(key[0], target, start));
  },
  readKey: (source, start, end) => source.toString('utf8', start, end),
};

const writeSeparated = (text: string, target: Buffer, start: number): number =>
  target.writeUInt8(SEPARATOR, writeText(text, target, start));

export const indexKeys: KeyEncoder<IndexKey> = {
  writeKey([resource, block, cluster, revision], target, start) {
    const afterBlock = writeRevision(block, target, writeSeparated(resource, target, start));
    return writeRevision(revision, target, writeSeparated(cluster, target, afterBlock));
  },
  /** Only the revision is ever wanted. */
  readKey: (source, _, end) => ['', 0, '', readRevision(source, end - REVISION_BYTES)],
};

export const revisionKeys: KeyEncoder<Revision> = {
  writeKey: writeRevision,
  readKey: (source, start) => readRevision(source, start),
};
