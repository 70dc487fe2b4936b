import type { Backend, Revision } from '@kcp/storage';

/**
 * Rows of the owner index that are to go once a commit happened which has no room for them. Should the process end before, they
 * stay and name objects that are gone: harmless, because whoever reads the index looks at the object.
 */
export class StaleRows {
  readonly #backend: Backend;
  /** As they are before the commit: a row that is written anew after it is not stale. */
  readonly #revisions = new Map<string, Revision>();

  constructor(backend: Backend, keys: readonly string[]) {
    this.#backend = backend;
    for (const key of keys) this.#revisions.set(key, backend.get(key)?.revision ?? 0);
  }

  /** Never rejects: the commit that made them stale has happened, and what is true of it stays true. */
  async remove(): Promise<void> {
    const removals: Promise<unknown>[] = [];
    for (const [key, revision] of this.#revisions) {
      if (revision === 0) continue;
      removals.push(this.#backend.commit([{ kind: 'revision', key, revision }], [{ kind: 'delete', key }]));
    }
    await Promise.allSettled(removals);
  }
}
