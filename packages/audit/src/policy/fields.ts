import { childPath, isArray, isObject, itemPath, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { PolicyError } from './policy.ts';

/** An object of a configuration file that is read field by field: what nobody asked for is refused by name. */
export class Fields {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #unread: Set<string>;

  constructor(value: Json | undefined, path: string) {
    if (!isObject(value)) throw wrongType(path, 'an object');
    this.#object = value;
    this.#path = path;
    this.#unread = new Set(Object.keys(value));
  }

  /** A text; empty where it is left out. */
  text(name: string): string {
    const value = this.any(name) ?? '';
    if (typeof value !== 'string') throw wrongType(childPath(this.#path, name), 'a text');
    return value;
  }

  /** Undefined where it is left out. */
  flag(name: string): boolean | undefined {
    const value = this.any(name) ?? undefined;
    if (value !== undefined && typeof value !== 'boolean')
      throw wrongType(childPath(this.#path, name), 'true or false');
    return value;
  }

  texts(name: string): readonly string[] {
    return this.list(name, (value, path) => {
      if (typeof value !== 'string') throw wrongType(path, 'a text');
      return value;
    });
  }

  /** A list, each item read by a function that is told where it stands; empty where it is left out. */
  list<T>(name: string, read: (value: Json, path: string) => T): readonly T[] {
    const value = this.any(name) ?? [];
    const path = childPath(this.#path, name);
    if (!isArray(value)) throw wrongType(path, 'a list');
    return value.map((item, at) => read(item, itemPath(path, at)));
  }

  any(name: string): Json | undefined {
    this.#unread.delete(name);
    return own(this.#object, name);
  }

  /** To be called when everything was read. Throws PolicyError for what is left. */
  end(): void {
    const [first] = this.#unread;
    if (first === undefined) return;
    throw new PolicyError(`strict decoding error: unknown field ${JSON.stringify(childPath(this.#path, first))}`);
  }
}

function wrongType(path: string, wanted: string): PolicyError {
  return new PolicyError(`failed decoding: ${path === '' ? 'the document' : path} must be ${wanted}`);
}
