import type { Bucket, ObjectKey } from './keys.ts';
import { bucketOf, bucketPrefix, isInternal } from './keys.ts';
import { addressesOf, watchAddress } from './selection.ts';
import type { Watcher } from './watcher.ts';

/** The watchers of one resource by what they watch. */
interface BucketWatchers {
  readonly bucket: Bucket;
  readonly byAddress: Map<string, Set<Watcher>>;
}

/** Finds the watchers that a change concerns without looking at any other: bucket, then logical cluster or all, namespace, name. */
export class WatchIndex {
  readonly #buckets = new Map<string, BucketWatchers>();
  /** Those who watch all objects there are. */
  readonly #everything = new Set<Watcher>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    this.#size++;
    const { options } = watcher;
    if (options.bucket === undefined) {
      this.#everything.add(watcher);
      return;
    }
    const { bucket } = options;
    const prefix = bucketPrefix(bucket);
    const watchers = this.#buckets.get(prefix) ?? { bucket, byAddress: new Map<string, Set<Watcher>>() };
    this.#buckets.set(prefix, watchers);
    const address = watchAddress(options);
    const there = watchers.byAddress.get(address);
    if (there === undefined) watchers.byAddress.set(address, new Set([watcher]));
    else there.add(watcher);
  }

  remove(watcher: Watcher): void {
    const { options } = watcher;
    if (options.bucket === undefined) {
      if (this.#everything.delete(watcher)) this.#size--;
      return;
    }
    const prefix = bucketPrefix(options.bucket);
    const watchers = this.#buckets.get(prefix);
    const address = watchAddress(options);
    const there = watchers?.byAddress.get(address);
    if (watchers === undefined || there === undefined || !there.delete(watcher)) return;
    this.#size--;
    if (there.size === 0) watchers.byAddress.delete(address);
    if (watchers.byAddress.size === 0) this.#buckets.delete(prefix);
  }

  /** The bucket of that prefix, where anybody watches it. */
  bucketAt(prefix: string): Bucket | undefined {
    const watched = this.#buckets.get(prefix)?.bucket;
    if (watched !== undefined || this.#everything.size === 0 || isInternal(prefix)) return watched;
    return bucketOf(prefix);
  }

  /** The groups of watchers that a change of an object concerns. */
  concerned(prefix: string, key: ObjectKey): readonly ReadonlySet<Watcher>[] {
    const groups: ReadonlySet<Watcher>[] = [];
    if (this.#everything.size > 0 && !isInternal(prefix)) groups.push(this.#everything);
    const byAddress = this.#buckets.get(prefix)?.byAddress;
    if (byAddress === undefined) return groups;
    for (const address of addressesOf(key)) {
      const there = byAddress.get(address);
      if (there !== undefined) groups.push(there);
    }
    return groups;
  }

  *all(): Generator<Watcher> {
    yield* this.#everything;
    for (const { byAddress } of this.#buckets.values()) {
      for (const watchers of byAddress.values()) yield* watchers;
    }
  }
}
