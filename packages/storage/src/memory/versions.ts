import type { Change, Page, RangeOptions, Revision, Row } from '../backend.ts';
import { compareKeys } from '../key.ts';
import { SortedKeys } from './sorted-keys.ts';

/** What a key held from a revision on; no value where it was deleted. */
interface Version {
  readonly revision: Revision;
  readonly row: Row | undefined;
}

/** Every key's versions of the window, oldest first. */
export class Versions {
  readonly #keys = new SortedKeys();
  readonly #versions = new Map<string, Version[]>();

  put({ key, revision, value }: Change): void {
    const version = { revision, row: value === undefined ? undefined : { key, revision, value } };
    const versions = this.#versions.get(key);
    if (versions !== undefined) {
      versions.push(version);
      return;
    }
    this.#versions.set(key, [version]);
    this.#keys.add(key);
  }

  get(key: string, at: Revision): Row | undefined {
    return this.#versions.get(key)?.findLast(({ revision }) => revision <= at)?.row;
  }

  range({ prefix, after, limit = Infinity }: RangeOptions, at: Revision): Page {
    const rows: Row[] = [];
    for (const row of this.#rows(prefix, after, at)) {
      if (rows.length >= limit) return { rows, more: true, revision: at };
      rows.push(row);
    }
    return { rows, more: false, revision: at };
  }

  /** Drops the versions of a key that a newer one at or below `revision` supersedes. */
  compact(key: string, revision: Revision): void {
    const versions = this.#versions.get(key) ?? [];
    const kept = versions.findLastIndex((version) => version.revision <= revision);
    if (kept > 0) versions.splice(0, kept);
    if (versions.length !== 1 || versions[0]?.row !== undefined) return;
    this.#versions.delete(key);
    this.#keys.delete(key);
  }

  *#rows(prefix: string, after: string | undefined, at: Revision): Generator<Row> {
    const from = after !== undefined && compareKeys(after, prefix) > 0 ? after : prefix;
    for (const key of this.#keys.from(from)) {
      if (!key.startsWith(prefix)) return;
      const row = key === after ? undefined : this.get(key, at);
      if (row !== undefined) yield row;
    }
  }
}
