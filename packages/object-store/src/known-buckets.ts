import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Backend, Change } from '@kcp/storage';
import type { Bucket } from './keys.ts';
import { bucketOf, bucketPrefixOf, isInternal } from './keys.ts';

/** Looking gives way to other work of the process after so long. */
const SLICE_MS = 5;

/** Buckets whose last object went are forgotten once there are so many more than there were, and twice as many. */
const SLACK = 1_000;

/**
 * Which buckets there are in a store, and which of them were ever written in a logical cluster. The names of all buckets are read once, by
 * jumping from one to the next, and kept from then on (some 100 bytes each): every commit is heard. A logical cluster's own follow from
 * the store's index of newest revisions, without reading a row: some microseconds for each bucket there is.
 */
export class KnownBuckets implements Disposable {
  readonly #backend: Backend;
  #prefixes: Set<string> | undefined;
  #read: Promise<void> | undefined;
  #most = 0;
  #subscription: Disposable | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** In the order of their prefixes, but for new ones. A bucket may be empty again; none that has an object is missing. */
  async in(cluster: LogicalCluster): Promise<readonly Bucket[]> {
    const prefixes = await this.#known();
    const found: Bucket[] = [];
    const slice = new Slice();
    for (const prefix of prefixes) {
      if (this.#backend.newest(`${prefix}${cluster}/`) > 0) found.push(bucketOf(prefix));
      if (slice.isOver) await slice.next();
    }
    return found;
  }

  [Symbol.dispose](): void {
    this.#subscription?.[Symbol.dispose]();
    this.#forget();
  }

  async #known(): Promise<ReadonlySet<string>> {
    for (;;) {
      const known = this.#read === undefined ? this.#prefixes : undefined;
      if (known !== undefined && known.size <= this.#most) return known;
      this.#read ??= this.#readAll().finally(() => {
        this.#read = undefined;
      });
      await this.#read;
    }
  }

  async #readAll(): Promise<void> {
    this.#subscription ??= this.#backend.subscribe(
      (changes) => this.#hear(changes),
      () => this.#forget(),
    );
    const prefixes = new Set<string>();
    this.#most = Number.MAX_SAFE_INTEGER;
    this.#prefixes = prefixes;
    const slice = new Slice();
    for (let prefix = this.#after('/'); prefix !== undefined; prefix = this.#after(past(prefix))) {
      if (!isInternal(prefix)) prefixes.add(prefix);
      if (slice.isOver) await slice.next();
    }
    this.#most = prefixes.size * 2 + SLACK;
  }

  /** The bucket of the first key after a text. */
  #after(text: string): string | undefined {
    const [row] = this.#backend.range({ prefix: '/', after: text, limit: 1 }).rows;
    return row && bucketPrefixOf(row.key);
  }

  #hear(changes: readonly Change[]): void {
    if (this.#prefixes === undefined) return;
    for (const { key, value } of changes)
      if (value !== undefined && !isInternal(key)) this.#prefixes.add(bucketPrefixOf(key));
  }

  #forget(): void {
    this.#prefixes = undefined;
  }
}

/** The first text after all keys of a bucket, in the order of keys. */
function past(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

class Slice {
  #began = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#began > SLICE_MS;
  }

  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#began = performance.now();
  }
}
