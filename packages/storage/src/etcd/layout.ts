import type { Revision, Row } from '../backend.ts';
import type { KeyValue } from './rpc/messages.ts';

/**
 * What lies where in etcd:
 *
 * - `<prefix>/format` says that the prefix is ours, and which store it is;
 * - `<prefix>/head` is put by every commit, see head.ts;
 * - `<prefix>/rows/<group>/…` are the rows: a byte with the position in the commit, then the bytes of the row;
 * - `<prefix>/sessions/<id>`, one a server, and `<prefix>/leaders/<role>` go with their leases.
 */
export interface Layout {
  readonly prefix: string;
  readonly format: Buffer;
  readonly head: Buffer;
  /** All of it: from this key up to, not including, that one. */
  readonly all: KeySpan;
  readonly rows: KeySpan;
  row(key: string): Buffer;
  session(id: string): Buffer;
  leader(role: string): Buffer;
}

/** Keys of etcd in a row. */
export interface KeySpan {
  readonly key: Buffer;
  readonly rangeEnd: Buffer;
}

/** Which of our keys it is. */
export type Place =
  | { readonly kind: 'row'; readonly key: string }
  | { readonly kind: 'head' }
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'leader'; readonly role: string }
  | { readonly kind: 'other' };

/** A commit has fewer writes than this: revisions of etcd are so far apart. */
export const SPREAD = 256;

/** Our revision of a write: the revision that etcd gave the transaction, and the write's position in it. */
export const revisionOf = (modRevision: number, position: number): Revision => modRevision * SPREAD + position;

/** The revision of etcd that a revision of ours belongs to. */
export const modRevisionOf = (revision: Revision): number => Math.floor(revision / SPREAD);

/** The keys under a prefix, which begins with a slash and does not end with one. Throws TypeError for another text. */
export const layoutOf = (prefix: string): Layout => {
  if (!/^(\/[\w.-]+)+$/.test(prefix)) {
    throw new TypeError(`not a prefix for etcd: ${JSON.stringify(prefix)}; name one such as /kcp`);
  }
  const at = (rest: string): Buffer => Buffer.from(prefix + rest);
  return {
    prefix,
    format: at('/format'),
    head: at('/head'),
    all: spanOf(`${prefix}/`),
    rows: spanOf(`${prefix}/rows/`),
    row: (key) => at(`/rows${key}`),
    session: (id) => at(`/sessions/${id}`),
    leader: (role) => at(`/leaders/${role}`),
  };
};

/** All keys that begin with a text that ends with a slash. */
const spanOf = (text: string): KeySpan => ({ key: Buffer.from(text), rangeEnd: Buffer.from(`${text.slice(0, -1)}0`) });

/** Which of our keys a key of etcd is. */
export const placeOf = ({ prefix }: Layout, key: Buffer): Place => {
  const text = key.toString('utf8', Buffer.byteLength(prefix));
  if (text === '/head') return { kind: 'head' };
  if (text.startsWith('/rows/')) return { kind: 'row', key: text.slice('/rows'.length) };
  if (text.startsWith('/sessions/')) return { kind: 'session', id: text.slice('/sessions/'.length) };
  if (text.startsWith('/leaders/')) return { kind: 'leader', role: text.slice('/leaders/'.length) };
  return { kind: 'other' };
};

/** What is put for a row. */
export const encodeValue = (position: number, value: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(1 + value.byteLength);
  bytes[0] = position;
  bytes.set(value, 1);
  return bytes;
};

/** The row that etcd holds. */
export const decodeRow = (key: string, { modRevision, value }: KeyValue): Row => ({
  key,
  revision: revisionOf(Number(modRevision), value[0] ?? 0),
  value: value.subarray(1),
});
