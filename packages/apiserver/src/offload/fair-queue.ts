/** How much may wait. */
export interface QueueLimits {
  readonly items: number;
  readonly bytes: number;
}

interface Waiting<Item> {
  readonly items: { readonly item: Item; readonly bytes: number }[];
  bytes: number;
}

/**
 * A bounded queue in which owners take turns. No owner fills more than half of it, so that there is always room for another; one
 * item of an owner that has none waiting always counts as less than half.
 */
export class FairQueue<Item> {
  readonly #limits: QueueLimits;
  // in the order of their turns
  readonly #owners = new Map<string, Waiting<Item>>();
  #items = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#items;
  }

  /** False where there is no room. */
  add(item: Item, owner: string, bytes: number): boolean {
    const { items: maxItems, bytes: maxBytes } = this.#limits;
    if (this.#items >= maxItems || (this.#items > 0 && this.#bytes + bytes > maxBytes)) return false;
    const own = this.#owners.get(owner) ?? { items: [], bytes: 0 };
    const full = own.items.length >= maxItems / 2 || own.bytes + bytes > maxBytes / 2;
    if (own.items.length > 0 && full) return false;
    own.items.push({ item, bytes });
    own.bytes += bytes;
    this.#owners.set(owner, own);
    this.#items += 1;
    this.#bytes += bytes;
    return true;
  }

  /** The oldest item of the owner whose turn it is; the turn goes to the next one. */
  take(): Item | undefined {
    const [first] = this.#owners;
    if (first === undefined) return undefined;
    const [owner, own] = first;
    const next = own.items.shift();
    this.#owners.delete(owner);
    if (next === undefined) return undefined;
    own.bytes -= next.bytes;
    this.#items -= 1;
    this.#bytes -= next.bytes;
    if (own.items.length > 0) this.#owners.set(owner, own);
    return next.item;
  }
}
