import type { Change, Revision, Row } from './backend.ts';

/** Commits that were decided and become durable together. Nobody may see anything of it before it is durable. */
export class Batch {
  /** In order of revision. */
  readonly changes: Change[] = [];
  /** The newest revision decided in it. */
  head: Revision = 0;
  /** Size of the keys and values written. */
  bytes = 0;
  readonly #before = new Map<string, Row | undefined>();
  readonly #after = new Map<string, Row | undefined>();
  readonly #settled = Promise.withResolvers<void>();

  constructor() {
    this.#settled.promise.catch(() => {});
  }

  add(change: Change): void {
    this.changes.push(change);
    this.bytes += change.key.length + (change.value?.byteLength ?? 0);
    if (!this.#before.has(change.key)) this.#before.set(change.key, change.previous);
    this.#after.set(
      change.key,
      change.value === undefined ? undefined : { key: change.key, revision: change.revision, value: change.value },
    );
  }

  touches(key: string): boolean {
    return this.#after.has(key);
  }

  /** What a key held before this batch. */
  before(key: string): Row | undefined {
    return this.#before.get(key);
  }

  /** What a key holds after this batch. */
  after(key: string): Row | undefined {
    return this.#after.get(key);
  }

  /** Fulfils when the batch is durable and told to listeners; rejects when nothing of it was written. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  succeed(): void {
    this.#settled.resolve();
  }

  fail(error: unknown): void {
    this.#settled.reject(error);
  }
}
