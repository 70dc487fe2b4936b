import { declare, Fault, structType, types, CelType, StructValue } from '@kcp/cel';
import type { Library, StructDeclaration, TypeProvider, Value } from '@kcp/cel';

/** What an expression builds by `Object{…}`, `Object.spec{…}` and so on: any fields, of any type. */
export class BuiltObject extends StructValue {
  readonly type: CelType;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(type: CelType, fields: ReadonlyMap<string, Value>) {
    super();
    this.type = type;
    this.fields = fields;
  }

  get(field: string): Value | undefined {
    return this.fields.get(field);
  }

  has(field: string): boolean {
    return this.fields.has(field);
  }

  override entries(): Iterable<readonly [property: string, value: Value]> {
    return this.fields;
  }

  /** The same type and fields; of fields that are not scalars only the same ones are equal. */
  equals(other: StructValue): boolean {
    if (!(other instanceof BuiltObject) || !other.type.equals(this.type)) return false;
    if (other.fields.size !== this.fields.size) return false;
    return [...this.fields].every(([name, value]) => {
      const theirs = other.fields.get(name);
      if (value instanceof StructValue && theirs instanceof StructValue) return value.equals(theirs);
      return theirs === value;
    });
  }
}

/** One `JSONPatch{op: …, path: …}`. */
export class BuiltOperation extends StructValue {
  readonly type = jsonPatchType;
  readonly op: string;
  readonly path: string;
  readonly from: string;
  readonly value: Value | undefined;

  constructor(fields: ReadonlyMap<string, Value>) {
    super();
    this.op = textOf(fields, 'op');
    this.path = textOf(fields, 'path');
    this.from = textOf(fields, 'from');
    this.value = fields.get('value');
  }

  get(field: string): Value | undefined {
    if (field === 'op' || field === 'path' || field === 'from') return this[field];
    return field === 'value' ? this.value : undefined;
  }

  has(field: string): boolean {
    const value = this.get(field);
    return value !== undefined && value !== '';
  }

  equals(other: StructValue): boolean {
    if (!(other instanceof BuiltOperation)) return false;
    return ['op', 'path', 'from', 'value'].every((field) => this.get(field) === other.get(field));
  }
}

function textOf(fields: ReadonlyMap<string, Value>, field: string): string {
  const value = fields.get(field) ?? '';
  if (typeof value !== 'string') throw new Fault(`unexpected type for JSONPatchType '${field}' field`);
  return value;
}

/** What an ApplyConfiguration must give. */
export const objectType = structType('Object');
/** What a JSONPatch must give a list of. */
export const jsonPatchType = structType('JSONPatch');

/** The type that the original gives a field which there is not: messages name it by nothing. */
const NO_TYPE = new CelType('opaque', '');

const FIELDS: Readonly<Record<string, CelType>> = {
  op: types.string,
  path: types.string,
  from: types.string,
  value: types.dyn,
};

const jsonPatch: StructDeclaration = {
  type: jsonPatchType,
  field: (name) => (Object.hasOwn(FIELDS, name) ? FIELDS[name] : NO_TYPE),
  create: (fields) => new BuiltOperation(fields),
};

function objectDeclaration(name: string): StructDeclaration {
  const type = structType(name);
  return { type, field: () => types.dyn, create: (fields) => new BuiltObject(type, fields) };
}

/** `JSONPatch`, and `Object` with everything below it (k8s.io/apiserver pkg/cel/mutation DynamicTypeResolver). */
export const patchTypes: TypeProvider = {
  findStruct: (name) => {
    if (name === 'JSONPatch') return jsonPatch;
    return name === 'Object' || name.startsWith('Object.') ? objectDeclaration(name) : undefined;
  },
};

/** `jsonpatch.escapeKey`: a key as a part of a JSON pointer (RFC 6901). */
export const jsonPatchLibrary: Library = {
  name: 'kubernetes.jsonpatch',
  functions: [
    declare('jsonpatch.escapeKey', [
      'string_jsonpatch_escapeKey_string',
      '(string) -> string',
      (key) => (typeof key === 'string' ? key.replaceAll('~', '~0').replaceAll('/', '~1') : ''),
    ]),
  ],
};
