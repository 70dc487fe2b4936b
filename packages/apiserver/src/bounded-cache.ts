import { LRUCache } from 'lru-cache';

interface Item<Value> {
  readonly value: Value;
  readonly owner: string;
  readonly bytes: number;
}

/** What a cache keeps of a value beside the value itself. */
export interface Kept {
  /** Who made it necessary: a logical cluster. */
  readonly owner: string;
  /** A guess of the value's size in memory. */
  readonly bytes: number;
}

/**
 * A cache with a bound in bytes that forgets what was used longest ago. No owner holds more than a quarter: what one adds beyond
 * that drives out what the same one added before.
 */
export class BoundedCache<Value extends object> {
  readonly #items: LRUCache<string, Item<Value>>;
  readonly #held = new Map<string, number>();
  readonly #share: number;

  constructor(maxBytes: number) {
    this.#share = Math.floor(maxBytes / 4);
    this.#items = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (item) => item.bytes,
      dispose: (item) => this.#release(item),
    });
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#items.calculatedSize;
  }

  get(key: string): Value | undefined {
    return this.#items.get(key)?.value;
  }

  /** Whether it is kept, without counting as a use. */
  has(key: string): boolean {
    return this.#items.has(key);
  }

  /** Keeps a value, unless it alone is larger than an owner's share. */
  set(key: string, value: Value, { owner, bytes }: Kept): void {
    this.#items.delete(key);
    if (bytes > this.#share) return;
    this.#makeRoom(owner, bytes);
    this.#items.set(key, { value, owner, bytes: Math.max(1, bytes) });
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + Math.max(1, bytes));
  }

  delete(key: string): void {
    this.#items.delete(key);
  }

  #makeRoom(owner: string, bytes: number): void {
    if ((this.#held.get(owner) ?? 0) + bytes <= this.#share) return;
    for (const key of this.#items.rkeys()) {
      if (this.#items.peek(key)?.owner === owner) this.#items.delete(key);
      if ((this.#held.get(owner) ?? 0) + bytes <= this.#share) return;
    }
  }

  #release({ owner, bytes }: Item<Value>): void {
    const left = (this.#held.get(owner) ?? 0) - bytes;
    if (left > 0) this.#held.set(owner, left);
    else this.#held.delete(owner);
  }
}
