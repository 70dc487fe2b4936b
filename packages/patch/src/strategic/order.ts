import type { Json } from '@kcp/api-machinery';

/** A merged list whose items are to be put in order. */
export interface Interleaving {
  readonly items: readonly Json[];
  /** Items that are named here take this order among themselves. */
  readonly order: readonly Json[];
  /** The list as it was: all other items keep the order they have here. */
  readonly live: readonly Json[];
  readonly keyOf: (item: Json) => string;
}

/**
 * Puts a merged list in order. Named items and the others are two sequences that keep their order; one of the others comes
 * before a named item only where it stood before it in the live list. So new items come first.
 */
export function interleave({ items, order, live, keyOf }: Interleaving): readonly Json[] {
  const wanted = positions(order, keyOf);
  const lived = positions(live, keyOf);
  const named: Json[] = [];
  const others: Json[] = [];
  for (const item of items) (wanted.has(keyOf(item)) ? named : others).push(item);
  sortBy(named, wanted, keyOf);
  sortBy(others, lived, keyOf);
  const result: Json[] = [];
  let next = 0;
  for (const item of named) {
    const place = lived.get(keyOf(item)) ?? -1;
    while (next < others.length && (lived.get(keyOf(others[next] ?? null)) ?? Infinity) < place) {
      result.push(others[next] ?? null);
      next += 1;
    }
    result.push(item);
  }
  for (; next < others.length; next += 1) result.push(others[next] ?? null);
  return result;
}

function positions(items: readonly Json[], keyOf: (item: Json) => string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  items.forEach((item, at) => {
    const key = keyOf(item);
    if (!found.has(key)) found.set(key, at);
  });
  return found;
}

function sortBy(items: Json[], places: ReadonlyMap<string, number>, keyOf: (item: Json) => string): void {
  const place = (item: Json): number => places.get(keyOf(item)) ?? Number.MAX_SAFE_INTEGER;
  items.sort((a, b) => place(a) - place(b));
}
