import type { FieldError, Json } from '@kcp/api-machinery';
import { invalid, notSupported, quote, tooLong, tooMany, typeInvalid, untyped } from '@kcp/api-machinery';

/** One refusal by a schema; `text` tells it from others: two with one text are the same. */
interface Finding {
  readonly text: string;
  readonly error: FieldError;
}

/** What the field of an error says where Kubernetes has no path to tell. */
const NO_FIELD = '<nil>';

/**
 * What a validation found, and where it stands right now. One of these is used by all closures of one validation, so
 * that going down costs no allocation; paths are only written out for what is wrong.
 */
export class Findings {
  readonly #root: string | undefined;
  readonly #steps: (string | number)[] = [];
  #depth = 0;
  #found: Finding[] = [];

  /** `root` is put before every path in the field of an error, never in its text. */
  constructor(root?: string) {
    this.#root = root;
  }

  /** How many there are; a mark for `since`, `take` and `forget`. */
  get count(): number {
    return this.#found.length;
  }

  /** Goes down to a member or an item. */
  enter(step: string | number): void {
    this.#steps[this.#depth++] = step;
  }

  /** Goes down to a member that is described by additionalProperties; kube-openapi gives it a dot at the root too. */
  enterExtra(name: string): void {
    this.#steps[this.#depth] = this.#depth === 0 ? `.${name}` : name;
    this.#depth++;
  }

  /** Goes up again. */
  leave(): void {
    this.#depth--;
  }

  /** Drops all findings since the mark. */
  forget(mark: number): void {
    this.#found.length = mark;
  }

  /** Drops and returns all findings since the mark. */
  take(mark: number): readonly Finding[] {
    return this.#found.splice(mark);
  }

  /** Gives back what was taken. */
  give(found: readonly Finding[]): void {
    for (const one of found) this.#found.push(one);
  }

  /** Puts the stretches of findings between the marks in the order of their names. */
  sort(marks: readonly { readonly name: string; readonly from: number; readonly to: number }[]): void {
    const first = marks[0]?.from ?? 0;
    const ordered = marks
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ from, to }) => this.#found.slice(from, to));
    this.#found.splice(first, ordered.length, ...ordered);
  }

  /** The path from the root of the schema, as kube-openapi writes it. */
  path(): string {
    let path = '';
    for (let at = 0; at < this.#depth; at++) {
      const step = this.#steps[at];
      if (typeof step === 'number') path += `[${step}]`;
      else path = path === '' ? (step ?? '') : `${path}.${step}`;
    }
    return path;
  }

  #field(path: string): string {
    const name = path.startsWith('.') ? path.slice(1) : path;
    if (this.#root === undefined) return name === '' ? NO_FIELD : name;
    return name === '' ? this.#root : `${this.#root}.${name}`;
  }

  #add(text: string, error: FieldError): void {
    this.#found.push({ text, error });
  }

  /** A value of another type or format than `wanted`; `given` is what it is said to be. */
  wrongType(wanted: string, given: string): void {
    const path = this.path();
    const text = `${path} in body must be of type ${wanted}: ${quote(given)}`;
    this.#add(text, typeInvalid(this.#field(path), given, text));
  }

  /** `<path> in body <complaint>`, about a value; `shown` is how it is written where that is not as usual. */
  invalid(value: Json, complaint: string, shown?: string): void {
    const path = this.path();
    const text = `${path} in body ${complaint}`;
    const error = invalid(this.#field(path), untyped(value), text);
    this.#add(text, shown === undefined ? error : { ...error, message: `Invalid value: ${shown}: ${text}` });
  }

  /** Something about a place for which Kubernetes tells no field: the place is in the text. */
  placeless(text: string): void {
    this.#add(text, invalid(this.#root ?? NO_FIELD, '', text));
  }

  /** A text of the whole complaint about a value, in which the path is not the first word. */
  invalidText(value: Json, text: string): void {
    this.#add(text, invalid(this.#field(this.path()), untyped(value), text));
  }

  /** A value that is none of those allowed. */
  unsupported(value: Json, supported: readonly string[]): void {
    const path = this.path();
    this.#add(
      `${path} in body should be one of ${supported.join(' ')}`,
      notSupported(this.#field(path), untyped(value), supported),
    );
  }

  /** A member that must be there. */
  required(name: string): void {
    const path = `${this.path()}.${name}`;
    this.#add(`${path} is required`, {
      type: 'FieldValueRequired',
      field: this.#field(path),
      message: 'Required value',
    });
  }

  /** A text of too many characters. */
  tooLong(limit: number): void {
    const path = this.path();
    this.#add(`${path} in body should be at most ${limit} chars long`, tooLong(this.#field(path), limit));
  }

  /** Too many items or members. */
  tooMany(actual: number, limit: number, what: 'items' | 'properties'): void {
    const path = this.path();
    this.#add(`${path} in body should have at most ${limit} ${what}`, tooMany(this.#field(path), actual, limit));
  }

  /** All of them in order, each text once. */
  errors(): FieldError[] {
    if (this.#found.length === 0) return [];
    const told = new Map<string, FieldError>();
    for (const { text, error } of this.#found) if (!told.has(text)) told.set(text, error);
    return [...told.values()];
  }
}
