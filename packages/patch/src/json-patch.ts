import { clone, equal, MAX_JSON_DEPTH, own, put, quote, stringifyJson, utf8Length } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { Draft, member } from './draft.ts';
import type { JsonPatchOperation } from './json-patch-decode.ts';
import { parseIndex, parsePointer } from './json-pointer.ts';
import { nestedDeeperThan } from './nesting.ts';
import { doesNotApply } from './refusal.ts';

/** All `copy` operations of a patch together may copy so many bytes of JSON (the limit of a request's body). */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/**
 * What a document is after the operations of a JSON patch (RFC 6902), in their order, all or none. Throws ApiError 422.
 *
 * Where Kubernetes' library differs from the RFC, this does as the library: `replace` of a missing member adds it, `copy` of
 * one copies null, `test` for null holds on one, negative indexes count from the end, what stands before the first slash of a
 * pointer means nothing, and an `add` without value adds null.
 */
export function applyJsonPatch(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const patching = new Patching(document);
  for (const operation of operations) patching.apply(operation);
  return patching.result();
}

class Patching {
  readonly #draft: Draft;
  #copied = 0;

  constructor(document: Json) {
    this.#draft = new Draft(document);
  }

  result(): Json {
    const { root } = this.#draft;
    if (nestedDeeperThan(root, MAX_JSON_DEPTH)) throw doesNotApply('the result is nested too deeply');
    return root;
  }

  apply(operation: JsonPatchOperation): void {
    switch (operation.op) {
      case 'add':
        this.#add(operation.path, operation.value ?? null);
        return;
      case 'remove':
        this.#remove(operation.path);
        return;
      case 'replace':
        this.#replace(operation.path, operation.value ?? null);
        return;
      case 'move':
        this.#add(operation.path, this.#remove(operation.from));
        return;
      case 'test':
        this.#test(operation);
        return;
      case 'copy':
        this.#add(operation.path, this.#copy(operation.from));
        return;
      default:
        throw doesNotApply(`unexpected operation: ${operation.op}`);
    }
  }

  #add(path: string | undefined, value: Json): void {
    const { keys, key } = split(path);
    const parent = this.#draft.ownedParent(keys) ?? noParent('add', path);
    if (!Array.isArray(parent)) {
      put(parent, key, value);
      return;
    }
    const index = key === '-' ? parent.length : parseIndex(key, parent.length + 1);
    if (index === undefined) noIndex('add', path, key);
    else parent.splice(index, 0, value);
  }

  #remove(path: string | undefined): Json {
    const { keys, key } = split(path);
    const there = this.#draft.parent(keys) ?? noParent('remove', path);
    if (member(there, key) === undefined) (Array.isArray(there) ? noIndex : noKey)('remove', path, key);
    const parent = this.#draft.ownedParent(keys) ?? missing(path);
    if (Array.isArray(parent)) return parent.splice(parseIndex(key, parent.length) ?? 0, 1)[0] ?? null;
    const value = own(parent, key) ?? null;
    delete parent[key];
    return value;
  }

  #replace(path: string | undefined, value: Json): void {
    if (path === '') {
      if (typeof value !== 'object' || value === null) throw doesNotApply('a document is an object or a list');
      this.#draft.replaceRoot(value);
      return;
    }
    const { keys, key } = split(path);
    const parent = this.#draft.ownedParent(keys) ?? noParent('replace', path);
    if (!Array.isArray(parent)) put(parent, key, value);
    else parent[parseIndex(key, parent.length) ?? missing(path)] = value;
  }

  #test({ path, value }: JsonPatchOperation): void {
    const actual = path === '' ? this.#draft.root : this.#read(path);
    if (!equal(actual, value ?? null)) throw doesNotApply(`testing value ${path ?? ''} failed: test failed`);
  }

  #copy(from: string | undefined): Json {
    const value = this.#read(from);
    if (nestedDeeperThan(value, MAX_JSON_DEPTH)) throw doesNotApply('what is copied is nested too deeply');
    this.#copied += utf8Length(stringifyJson(value));
    if (this.#copied > MAX_COPIED_BYTES) throw doesNotApply('the copies are too large');
    return clone(value);
  }

  /** What a pointer names: null where an object lacks the last key, an error where a list does or the way is broken. */
  #read(path: string | undefined): Json {
    const { keys, key } = split(path);
    const parent = this.#draft.parent(keys) ?? missing(path);
    const value = member(parent, key);
    if (value === undefined && Array.isArray(parent)) missing(path);
    return value ?? null;
  }
}

function split(path: string | undefined): { keys: readonly string[]; key: string } {
  const keys = path === undefined ? undefined : parsePointer(path);
  if (keys === undefined) return missing(path);
  return { keys, key: keys.at(-1) ?? '' };
}

// the words of evanphx/json-patch, which Kubernetes shows of a webhook's patch

function noParent(operation: string, path: string | undefined): never {
  throw doesNotApply(`${operation} operation does not apply: doc is missing path: ${quote(path ?? '')}: missing value`);
}

function noKey(operation: string, path: string | undefined, key: string): never {
  throw doesNotApply(
    `error in ${operation} for path: '${path ?? ''}': Unable to ${operation} nonexistent key: ${key}: missing value`,
  );
}

function noIndex(operation: string, path: string | undefined, key: string): never {
  throw doesNotApply(
    `error in ${operation} for path: '${path ?? ''}': Unable to access invalid index: ${key}: invalid index referenced`,
  );
}

function missing(path: string | undefined): never {
  throw doesNotApply(path === undefined ? 'an operation lacks a path' : `nothing is at ${path}`);
}
