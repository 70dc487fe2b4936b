import type { KubeObject } from '@kcp/api-machinery';

/** Under which values an object is found. Pure; called once for each state of an object, which is left out where it throws. */
export type Indexer<O extends KubeObject> = (object: O) => Iterable<string>;

/** From values to the identities of objects. */
export class CacheIndex {
  readonly #identities = new Map<string, Set<string>>();

  /** The identities of all objects with a value, in the order in which they came. */
  get(value: string): Iterable<string> {
    return this.#identities.get(value) ?? [];
  }

  /** How many values there are. */
  get size(): number {
    return this.#identities.size;
  }

  /** An object's values became others; none for an object that is not there. */
  update(identity: string, before: readonly string[], after: readonly string[]): void {
    for (const value of before) if (!after.includes(value)) this.#remove(value, identity);
    for (const value of after) if (!before.includes(value)) this.#add(value, identity);
  }

  #add(value: string, identity: string): void {
    const known = this.#identities.get(value);
    if (known === undefined) this.#identities.set(value, new Set([identity]));
    else known.add(identity);
  }

  #remove(value: string, identity: string): void {
    const known = this.#identities.get(value);
    known?.delete(identity);
    if (known?.size === 0) this.#identities.delete(value);
  }
}
