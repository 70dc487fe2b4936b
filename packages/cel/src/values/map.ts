import { Fault } from './fault.ts';
import { smallInt } from './number.ts';
import { Double, MapValue, Uint } from './value.ts';
import type { Value } from './value.ts';

type Key = string | number | bigint | boolean;

/** A map that an expression built. Numeric keys of any kind that are equal are one key. */
export class HashMap extends MapValue {
  readonly #entries: ReadonlyMap<Key, readonly [key: Value, value: Value]>;

  constructor(entries: ReadonlyMap<Key, readonly [key: Value, value: Value]>) {
    super();
    this.#entries = entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: Value): Value | undefined {
    const k = hashKey(key);
    return k === undefined ? undefined : this.#entries.get(k)?.[1];
  }

  keys(): readonly Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
}

/** Collects entries; a key that is there already is a fault. */
export class MapBuilder {
  readonly #entries = new Map<Key, readonly [key: Value, value: Value]>();

  add(key: Value, value: Value): void {
    const k = key instanceof Double ? undefined : hashKey(key);
    if (k === undefined) throw new Fault('unsupported key type');
    if (this.#entries.has(k)) throw new Fault('Failed with repeated key');
    this.#entries.set(k, [key, value]);
  }

  addAll(map: MapValue): void {
    for (const key of map.keys()) this.add(key, map.find(key) ?? null);
  }

  build(): HashMap {
    return new HashMap(this.#entries);
  }
}

/** The map of a plain list of pairs with string keys. */
export function stringMap(entries: Iterable<readonly [string, Value]>): HashMap {
  return new HashMap(new Map([...entries].map(([key, value]) => [key, [key, value]])));
}

/** What a key is found by; undefined where the value can be none. */
function hashKey(key: Value): Key | undefined {
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean' || typeof key === 'bigint')
    return key;
  if (key instanceof Uint) return smallInt(key.value);
  if (key instanceof Double && Number.isInteger(key.value)) return smallInt(BigInt(key.value));
  return undefined;
}
