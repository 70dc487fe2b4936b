import {
  badRequest,
  invalidObject,
  isObject,
  isPrintable,
  notSupported,
  quote,
  type ApiError,
  type FieldError,
  type JsonObject,
} from '@kcp/api-machinery';

/** The parameters of a query, decoded. */
export class Query {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  private constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** Reads the text after `?`. Escapes that are none are left as they stand. */
  static parse(text: string): Query {
    if (text === '') return Query.#empty;
    const values = new Map<string, string[]>();
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const at = pair.indexOf('=');
      const name = decode(at < 0 ? pair : pair.slice(0, at));
      const value = at < 0 ? '' : decode(pair.slice(at + 1));
      const list = values.get(name);
      if (list) list.push(value);
      else values.set(name, [value]);
    }
    return new Query(values);
  }

  static readonly #empty = new Query(new Map());

  /** The first value of a parameter; the empty text where it is absent. */
  text(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  /** All values of a parameter. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** True unless absent, `0` or `false`: how metav1 reads booleans of a query. */
  flag(name: string): boolean {
    const value = this.#values.get(name)?.[0];
    return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
  }

  /** A 64-bit integer; undefined where absent. Throws BadRequest in the words of Go's strconv. */
  integer(name: string): number | undefined {
    const value = this.#values.get(name)?.[0];
    if (value === undefined || value === '') return undefined;
    if (!/^[+-]?\d{1,19}$/.test(value))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    return Number(value);
  }
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** What a write may be told beside its body (metav1.CreateOptions, UpdateOptions, PatchOptions). */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** True where the client said so itself: only then admission is told. */
  readonly saysFieldValidation?: boolean;
}

/** Names the options object in messages. */
export type WriteOptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';

const FIELD_VALIDATIONS = ['Strict', 'Warn', 'Ignore'] as const;

/** Reads the options of a create, update or patch. Throws Invalid as the original words it. */
export function readWriteOptions(query: Query, kind: WriteOptionsKind): WriteOptions {
  const errors: FieldError[] = [...dryRunErrors(query.all('dryRun')), ...managerErrors(query.text('fieldManager'))];
  const asked = query.text('fieldValidation');
  const fieldValidation = asked === '' ? 'Warn' : FIELD_VALIDATIONS.find((value) => value === asked);
  if (fieldValidation === undefined)
    errors.push(notSupported('fieldValidation', asked, ['', 'Ignore', 'Strict', 'Warn']));
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    dryRun: query.all('dryRun').length > 0,
    fieldManager: query.text('fieldManager'),
    fieldValidation: fieldValidation ?? 'Warn',
    ...(asked !== '' && { saysFieldValidation: true }),
  };
}

/** 422 about an options object. */
export function invalidOptions(kind: string, errors: readonly FieldError[]): ApiError {
  return invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
}

/** What is wrong with a dryRun option. */
export function dryRunErrors(values: readonly string[]): readonly FieldError[] {
  return values.every((value) => value === 'All')
    ? []
    : [
        {
          type: 'FieldValueNotSupported',
          field: 'dryRun',
          message: `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`,
        },
      ];
}

function managerErrors(manager: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > 128) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'fieldManager',
      message: 'Too long: may not be more than 128 bytes',
    });
  }
  let position = 0;
  for (const character of manager) {
    if (!isPrintable(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push({
        type: 'FieldValueInvalid',
        field: 'fieldManager',
        message: `Invalid value: ${quote(manager)}: invalid character U+${code} (at position ${position})`,
      });
    }
    position += Buffer.byteLength(character);
  }
  return errors;
}

/** An options object as admission plug-ins get it. */
export function optionsObject(kind: string, options: WriteOptions): JsonObject {
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(options.dryRun && { dryRun: ['All'] }),
    ...(options.fieldManager !== '' && { fieldManager: options.fieldManager }),
    ...(options.saysFieldValidation === true && { fieldValidation: options.fieldValidation }),
  };
}

/** True for an object whose every member is missing: an empty body. */
export function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
