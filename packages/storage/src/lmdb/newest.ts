import type { Revision } from '../backend.ts';
import { assertScope } from '../key.ts';
import type { Tables } from './tables.ts';

/** So many scopes are kept in memory. */
const KEPT = 10_000;

/**
 * The newest revision of each scope, as readers may know it. Every request asks for some of them, mostly the same ones: they are
 * kept. True as long as every write is told here, which holds because no other process may write into the store.
 */
export class NewestRevisions {
  readonly #table: Tables['newest'];
  readonly #kept = new Map<string, Revision>();
  /** What holds until the batch under way is told, of each scope that it writes into: its rows may be visible already. */
  #before: ReadonlyMap<string, Revision> | undefined;
  /** What holds from then on. */
  #after: ReadonlyMap<string, Revision> | undefined;

  /** What a scope counts as written at least: a copy has not seen what was deleted before it was made. */
  readonly #floor: Revision;

  constructor({ newest }: Pick<Tables, 'newest'>, floor: Revision = 0) {
    this.#table = newest;
    this.#floor = floor;
  }

  /** 0 where nothing was ever written. Throws TypeError for a text that is no scope. */
  of(scope: string): Revision {
    return this.#before?.get(scope) ?? this.#kept.get(scope) ?? this.#read(scope);
  }

  /** A transaction that writes into these scopes begins. */
  begin(scopes: ReadonlyMap<string, Revision>): void {
    this.#before = new Map([...scopes.keys()].map((scope) => [scope, this.of(scope)]));
    this.#after = scopes;
  }

  /** The transaction is durable, and its rows are readable from this step on: whoever reads a row later must not take it for one of before. */
  succeed(): void {
    this.#before = undefined;
    for (const [scope, revision] of this.#after ?? []) if (this.#kept.has(scope)) this.#kept.set(scope, revision);
    this.#after = undefined;
  }

  /** Nobody knows what the tables hold now. */
  fail(): void {
    this.#before = undefined;
    this.#after = undefined;
    this.#kept.clear();
  }

  #read(scope: string): Revision {
    assertScope(scope);
    const revision = Math.max(this.#table.get(scope) ?? 0, this.#floor);
    if (this.#kept.size >= KEPT) this.#kept.clear();
    this.#kept.set(scope, revision);
    return revision;
  }
}
