import { isArray, isObject, own, put } from '@kcp/api-machinery';
import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import { parseIndex } from './json-pointer.ts';

/** A list or an object of the draft that may be changed. */
type Owned = Json[] | MutableJsonObject;

/**
 * A document while operations change it. What was given is never changed: a list or an object is copied before its first
 * change, and only once, so that the result shares all that no operation touched.
 */
export class Draft {
  #root: Json;
  readonly #owned = new WeakSet<object>();

  constructor(root: Json) {
    this.#root = root;
  }

  get root(): Json {
    return this.#root;
  }

  /** Puts another document in place. */
  replaceRoot(root: Json): void {
    this.#root = root;
  }

  /** The list or object that a pointer's last key is in; undefined where the way there is broken. Not to be changed. */
  parent(keys: readonly string[]): Json | undefined {
    let node: Json | undefined = this.#root;
    for (let at = 0; at < keys.length - 1; at += 1) node = member(node, keys[at] ?? '');
    return typeof node === 'object' && node !== null ? node : undefined;
  }

  /** As `parent`, but the list or object, and all above it, are the draft's own copies. */
  ownedParent(keys: readonly string[]): Owned | undefined {
    if (this.parent(keys) === undefined) return undefined;
    let node = this.#own(this.#root);
    this.#root = node;
    for (let at = 0; at < keys.length - 1; at += 1) {
      const key = keys[at] ?? '';
      const next = this.#own(member(node, key) ?? null);
      if (Array.isArray(node)) node[parseIndex(key, node.length) ?? 0] = next;
      else put(node, key, next);
      node = next;
    }
    return node;
  }

  #own(node: Json): Owned {
    if (typeof node === 'object' && node !== null && this.#owned.has(node)) return node as Owned;
    const copy: Owned = isArray(node) ? [...node] : copyObject(node);
    this.#owned.add(copy);
    return copy;
  }
}

function copyObject(node: Json): MutableJsonObject {
  const copy: MutableJsonObject = {};
  if (!isObject(node)) return copy;
  for (const key of Object.keys(node)) put(copy, key, node[key] ?? null);
  return copy;
}

/** What a key names in a list or an object; undefined where nothing is there. */
export function member(node: Json | undefined, key: string): Json | undefined {
  if (node === undefined || typeof node !== 'object' || node === null) return undefined;
  if (!isArray(node)) return own(node, key);
  const index = parseIndex(key, node.length);
  return index === undefined ? undefined : node[index];
}
