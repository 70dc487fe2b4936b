import type { Revision } from '../backend.ts';
import { SPREAD, revisionOf } from './layout.ts';
import type { KeyValue } from './rpc/messages.ts';

/** Names a commit: the session of the server that made it, and its number there. */
export interface CommitId {
  /** 16 hexadecimal digits. */
  readonly session: string;
  readonly sequence: number;
}

/** What a commit leaves under `<prefix>/head`: what the watch stream does not tell of it. */
export interface Head {
  readonly id: CommitId;
  /** How many revisions it took. */
  readonly count: number;
  /** Its deletions: those of what was not there make no event, and events of deletions tell no position. */
  readonly deleted: readonly { readonly position: number; readonly key: string }[];
}

const VERSION = 1;
/** Positions of the fields, in bytes. */
const AT = { version: 0, count: 1, session: 2, sequence: 10, deleted: 16 } as const;
/** Position, length of the key. */
const DELETED_BYTES = 3;

/** The bytes of a head. */
export const encodeHead = ({ id, count, deleted }: Head): Buffer => {
  const fixed = Buffer.alloc(AT.deleted);
  fixed.writeUInt8(VERSION, AT.version);
  fixed.writeUInt8(count, AT.count);
  fixed.write(id.session, AT.session, 'hex');
  fixed.writeUIntBE(id.sequence, AT.sequence, 6);
  const parts = deleted.flatMap(({ position, key }) => {
    const text = Buffer.from(key);
    const place = Buffer.alloc(DELETED_BYTES);
    place.writeUInt8(position, 0);
    place.writeUInt16BE(text.byteLength, 1);
    return [place, text];
  });
  return Buffer.concat([fixed, ...parts]);
};

/** Reads a head. Throws TypeError where the bytes are none that this version writes. */
export const decodeHead = (bytes: Buffer): Head => {
  if (bytes.byteLength < AT.deleted || bytes.readUInt8(AT.version) !== VERSION) {
    throw new TypeError('the head of the store was written by another version, or by something else');
  }
  const deleted: { position: number; key: string }[] = [];
  for (let at: number = AT.deleted; at < bytes.byteLength;) {
    const end = at + DELETED_BYTES + bytes.readUInt16BE(at + 1);
    deleted.push({ position: bytes.readUInt8(at), key: bytes.toString('utf8', at + DELETED_BYTES, end) });
    at = end;
  }
  return {
    id: { session: bytes.toString('hex', AT.session, AT.sequence), sequence: bytes.readUIntBE(AT.sequence, 6) },
    count: bytes.readUInt8(AT.count),
    deleted,
  };
};

/** The newest revision of the commit that put this head; 0 where there was none yet. */
export const headRevision = (kv: KeyValue | undefined): Revision => {
  if (kv === undefined) return 0;
  const { count } = decodeHead(kv.value);
  if (count < 1 || count >= SPREAD) throw new TypeError(`a commit of ${count} writes`);
  return revisionOf(Number(kv.modRevision), count - 1);
};
