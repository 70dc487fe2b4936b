import type { Change, ChangePage, ChangesOptions, Revision } from '../backend.ts';
import { scopeOfPrefix, scopesOf } from '../key.ts';

/** The index of the first change above a revision. */
const firstAbove = (changes: readonly Change[], revision: Revision): number => {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The changes of the window, and for each scope its own ones. */
export class ChangeLog {
  readonly #all: Change[] = [];
  readonly #byScope = new Map<string, Change[]>();
  /** The newest revision of a scope among those forgotten. */
  readonly #forgotten = new Map<string, Revision>();

  append(change: Change): void {
    this.#all.push(change);
    const { resource, cluster } = scopesOf(change.key);
    for (const scope of [resource, cluster]) {
      const own = this.#byScope.get(scope);
      if (own === undefined) this.#byScope.set(scope, [change]);
      else own.push(change);
    }
  }

  /** The newest revision of a scope up to `at`, however long ago. */
  newest(scope: string, at: Revision): Revision {
    const own = this.#byScope.get(scope) ?? [];
    return own[firstAbove(own, at) - 1]?.revision ?? this.#forgotten.get(scope) ?? 0;
  }

  read({ prefix, after, upTo, limit }: ChangesOptions): ChangePage {
    const scope = scopeOfPrefix(prefix);
    const source = scope === undefined ? this.#all : (this.#byScope.get(scope) ?? []);
    const changes: Change[] = [];
    for (let at = firstAbove(source, after); at < source.length; at += 1) {
      const change = source[at];
      if (change === undefined || change.revision > upTo) break;
      if (!change.key.startsWith(prefix)) continue;
      if (changes.length === limit) return { changes, more: true };
      changes.push(change);
    }
    return { changes, more: false };
  }

  /** Forgets the changes up to a revision, and returns them. */
  dropUpTo(revision: Revision): readonly Change[] {
    const dropped = this.#all.splice(0, firstAbove(this.#all, revision));
    const touched = new Set(dropped.flatMap(({ key }) => Object.values(scopesOf(key))));
    for (const scope of touched) {
      const own = this.#byScope.get(scope) ?? [];
      const last = own.splice(0, firstAbove(own, revision)).at(-1);
      if (last !== undefined) this.#forgotten.set(scope, last.revision);
      if (own.length === 0) this.#byScope.delete(scope);
    }
    return dropped;
  }
}
