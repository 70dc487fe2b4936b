import type { Revision } from '../backend.ts';

const HIGH = 0x1_0000_0000;

/** How many bytes a revision takes, most significant first, so that the order of bytes is the order of revisions. */
export const REVISION_BYTES = 8;

/** Writes a revision and returns the position after it. Throws RangeError where it does not fit. */
export const writeRevision = (revision: Revision, target: Buffer, start: number): number => {
  target.writeUInt32BE(Math.floor(revision / HIGH), start);
  return target.writeUInt32BE(revision % HIGH, start + 4);
};

const word = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

export const readRevision = (bytes: Uint8Array, start: number): Revision =>
  word(bytes, start) * HIGH + word(bytes, start + 4);
