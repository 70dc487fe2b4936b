import type { Change, Row } from '@kcp/storage';
import { LRUCache } from 'lru-cache';
import { corruptRow } from './codec.ts';
import type { Bucket } from './keys.ts';
import type { ObjectChange, StoredObject } from './object-store.ts';
import type { ReadRow } from './stored-row.ts';

/** Changes kept for watchers that come back or fall behind. What watchers render of a change is reckoned as thrice its rows. */
const KEPT_CHANGES = 4_096;
const KEPT_BYTES = 16 * 1024 * 1024;
const RENDERED_FACTOR = 4;
const CHANGE_OVERHEAD = 512;

/** Makes the changes that watchers get of those that the backend tells: one value a write, however many ask for it, as long as it is kept. */
export class Changes {
  readonly #readRow: ReadRow;
  /** By revision, which is a write's own. */
  readonly #kept = new LRUCache<number, ObjectChange>({ max: KEPT_CHANGES, maxSize: KEPT_BYTES });

  constructor(readRow: ReadRow) {
    this.#readRow = readRow;
  }

  /** Throws ApiError StoreReadError where a row is corrupt. */
  of(bucket: Bucket, change: Change): ObjectChange {
    const kept = this.#kept.get(change.revision);
    if (kept !== undefined) return kept;
    const made = this.#make(bucket, change);
    const bytes = (change.value?.byteLength ?? 0) + (change.previous?.value.byteLength ?? 0);
    this.#kept.set(change.revision, made, { size: RENDERED_FACTOR * bytes + CHANGE_OVERHEAD });
    return made;
  }

  /** A row, with what was parsed of it where watchers were told of its write lately: controllers read what they are told of. */
  read(bucket: Bucket, row: Row): StoredObject {
    const written = this.#kept.get(row.revision);
    return written?.kind === 'put' ? written.object : this.#readRow(bucket, row);
  }

  /** Nobody watches any more. */
  clear(): void {
    this.#kept.clear();
  }

  #make(bucket: Bucket, { key, revision, value, previous }: Change): ObjectChange {
    const before = previous && this.read(bucket, previous);
    const rendered = new Map<string, Buffer>();
    if (value !== undefined) {
      return { kind: 'put', object: this.#readRow(bucket, { key, revision, value }), previous: before, rendered };
    }
    if (previous === undefined) throw corruptRow(key, 'deleted without a last state');
    const object = this.#readRow(bucket, { key, revision, value: previous.value });
    return { kind: 'delete', object, previous: before, rendered };
  }
}
