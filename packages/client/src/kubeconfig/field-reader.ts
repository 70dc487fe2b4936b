import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { KubeconfigError } from './kubeconfig-error.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads the fields of one object of a kubeconfig: what is absent, null or empty is undefined, what has another type is refused. */
export class FieldReader {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly file: string | undefined;

  constructor(object: JsonObject, path: string, file: string | undefined) {
    this.#object = object;
    this.#path = path;
    this.file = file;
  }

  /** An error about one field of this object. */
  error(name: string, what: string): KubeconfigError {
    return new KubeconfigError(what, { file: this.file, field: this.#at(name) });
  }

  text(name: string): string | undefined {
    const value = own(this.#object, name) ?? null;
    if (value === null || value === '') return undefined;
    if (typeof value !== 'string') throw this.error(name, `must be a text${quotes(value)}`);
    return value;
  }

  /** As `text`, for what no entry can do without. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.error(name, 'is missing');
    return value;
  }

  flag(name: string): boolean {
    const value = own(this.#object, name) ?? false;
    if (typeof value !== 'boolean') throw this.error(name, 'must be true or false');
    return value;
  }

  /** The text that a field holds as base64. */
  base64(name: string): string | undefined {
    const text = this.text(name)?.replaceAll(/[\r\n]/g, '');
    if (text === undefined) return undefined;
    if (!BASE64.test(text)) throw this.error(name, 'must be base64');
    return Buffer.from(text, 'base64').toString('utf8');
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((item, at) => {
      if (typeof item !== 'string') throw this.error(`${name}[${at}]`, `must be a text${quotes(item)}`);
      return item;
    });
  }

  object(name: string): FieldReader | undefined {
    const value = own(this.#object, name) ?? null;
    if (value === null) return undefined;
    return this.#reader(value, name);
  }

  objects(name: string): readonly FieldReader[] {
    return this.#list(name).map((item, at) => this.#reader(item, `${name}[${at}]`));
  }

  /** The objects of a list by their names: nothing twice. */
  named(name: string): readonly (readonly [string, FieldReader])[] {
    const seen = new Set<string>();
    return this.objects(name).map((entry) => {
      const key = entry.needed('name');
      if (seen.has(key)) throw this.error(name, `the name ${JSON.stringify(key)} is there twice`);
      seen.add(key);
      return [key, entry.#renamed(`${this.#at(name)}[${JSON.stringify(key)}]`)];
    });
  }

  /** The names that the object has a value for. */
  names(): readonly string[] {
    return Object.keys(this.#object).filter((name) => (own(this.#object, name) ?? null) !== null);
  }

  /** The object as it is. */
  raw(): JsonObject {
    return this.#object;
  }

  #renamed(path: string): FieldReader {
    return new FieldReader(this.#object, path, this.file);
  }

  #list(name: string): readonly Json[] {
    const value = own(this.#object, name) ?? [];
    if (!isArray(value)) throw this.error(name, 'must be a list');
    return value;
  }

  #reader(value: Json, name: string): FieldReader {
    if (!isObject(value)) throw this.error(name, 'must be a mapping');
    return new FieldReader(value, this.#at(name), this.file);
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

function quotes(value: Json): string {
  return typeof value === 'number' || typeof value === 'boolean' ? ': put it in quotes' : '';
}
