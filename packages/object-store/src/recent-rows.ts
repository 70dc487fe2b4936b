import type { Row } from '@kcp/storage';
import type { StoredObject } from './object-store.ts';

/** So many rows are kept, twice over. */
const KEPT = 512;

/** Larger rows are read anew each time, in bytes. */
const LARGEST = 64 * 1024;

/**
 * The rows that were read last, with what was parsed of them: the same few objects (types, exports, the LogicalCluster of who asks) are
 * read for every request. Two generations: what is read again while the younger one fills up stays. At most 64 MiB of rows in the worst
 * case, some hundreds of KiB in practice.
 */
export class RecentRows {
  #young = new Map<string, StoredObject>();
  #old = new Map<string, StoredObject>();

  /** A row that was just read, as it was made before where it is still the same. */
  of(row: Row, make: () => StoredObject): StoredObject {
    const young = this.#young.get(row.key);
    if (young?.revision === row.revision) return young;
    const old = this.#old.get(row.key);
    const stored = old?.revision === row.revision ? old : make();
    if (row.value.byteLength > LARGEST) return stored;
    if (this.#young.size >= KEPT) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(row.key, stored);
    return stored;
  }
}
