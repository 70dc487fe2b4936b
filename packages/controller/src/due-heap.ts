/** What can wait in a DueHeap. The heap owns `slot`. */
export interface Due {
  /** Milliseconds since the epoch. */
  at: number;
  /** The place in the heap, -1 outside. */
  slot: number;
}

/** A binary heap, soonest first, from which anything may be taken out: a key waits in it once at most. */
export class DueHeap<T extends Due> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    item.slot = this.#items.length;
    this.#items.push(item);
    this.#up(item);
  }

  remove(item: T): void {
    const slot = item.slot;
    const last = this.#items.pop();
    item.slot = -1;
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.#up(last);
    this.#down(last);
  }

  #place(item: T, slot: number): void {
    this.#items[slot] = item;
    item.slot = slot;
  }

  #up(item: T): void {
    while (item.slot > 0) {
      const above = this.#items[(item.slot - 1) >> 1];
      if (above === undefined || above.at <= item.at) return;
      this.#swap(item, above);
    }
  }

  #down(item: T): void {
    for (;;) {
      const left = this.#items[2 * item.slot + 1];
      const right = this.#items[2 * item.slot + 2];
      const sooner = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (sooner === undefined || sooner.at >= item.at) return;
      this.#swap(item, sooner);
    }
  }

  #swap(a: T, b: T): void {
    const slot = a.slot;
    this.#place(a, b.slot);
    this.#place(b, slot);
  }
}
