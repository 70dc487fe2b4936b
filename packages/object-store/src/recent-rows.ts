import type { Revision, Row } from '@kcp/storage';
import type { StoredObject } from './object-store.ts';

/** So many keys are kept, twice over. */
const KEPT = 512;

/** Larger rows are read anew each time, in bytes. */
const LARGEST = 64 * 1024;

/** Where rows are read that are not known. */
export interface RowSource {
  /** The newest row of a key. */
  read(): Row | undefined;
  make(row: Row): StoredObject;
  /** The newest revision of any write to the key's resource in its logical cluster. */
  generation(): Revision;
}

interface Recent {
  /** Undefined: there is none. */
  readonly stored: StoredObject | undefined;
  /** As of which generation that is so; undefined until it is read again: most rows are read once. */
  generation: Revision | undefined;
}

/**
 * The rows that were read last, with what was parsed of them, and the keys under which there is none: the same few objects (types, exports, the
 * LogicalCluster of who asks) are read for every request. What is read the third time is not read from the store any more until something of its
 * resource and logical cluster is written. Two generations of keys: what is read again while the younger one fills up stays. At most 64 MiB
 * of rows in the worst case, some hundreds of KiB in practice.
 */
export class RecentRows {
  #young = new Map<string, Recent>();
  #old = new Map<string, Recent>();

  of(key: string, source: RowSource): StoredObject | undefined {
    const young = this.#young.get(key);
    const known = young ?? this.#old.get(key);
    if (known?.generation !== undefined && known.generation === source.generation()) {
      if (young === undefined) this.#keep(key, known);
      return known.stored;
    }
    const row = source.read();
    if (known !== undefined && row?.revision === known.stored?.revision) {
      known.generation = source.generation();
      if (young === undefined) this.#keep(key, known);
      return known.stored;
    }
    const stored = row && source.make(row);
    if (row === undefined || row.value.byteLength <= LARGEST) this.#keep(key, { stored, generation: undefined });
    return stored;
  }

  #keep(key: string, recent: Recent): void {
    if (this.#young.size >= KEPT) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, recent);
  }
}
