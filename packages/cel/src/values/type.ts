/** What kind of type it is; `opaque` are named types of libraries, `struct` objects with declared fields. */
export type TypeKind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'type'
  | 'opaque'
  | 'struct'
  | 'param'
  | 'any';

/** A type, which is also a value: `type(1) == int`. */
export class CelType {
  readonly kind: TypeKind;
  /** As `type(x)` names it, e.g. `google.protobuf.Timestamp`. */
  readonly name: string;
  readonly params: readonly CelType[];
  /** A primitive that may be null (protobuf's wrapper types). */
  readonly wrapper: boolean;

  constructor(kind: TypeKind, name: string, params: readonly CelType[] = [], wrapper = false) {
    this.kind = kind;
    this.name = name;
    this.params = params;
    this.wrapper = wrapper;
  }

  /** The type as messages show it: `map(string, int)`. */
  toString(): string {
    if (this.wrapper) return `wrapper(${this.kind})`;
    if (this.kind === 'error') return '!error!';
    if (this.kind === 'timestamp' || this.kind === 'duration' || this.kind === 'null') return this.kind;
    if (this.kind === 'any') return 'any';
    return this.params.length === 0 ? this.name : `${this.name}(${this.params.join(', ')})`;
  }

  /** Same kind, name and parameters. */
  equals(other: CelType): boolean {
    if (this === other) return true;
    if (this.kind !== other.kind || this.name !== other.name || this.wrapper !== other.wrapper) return false;
    if (this.params.length !== other.params.length) return false;
    return this.params.every((param, i) => param.equals(other.params[i] ?? types.dyn));
  }
}

/** The types that need no parameter. */
export const types = {
  dyn: new CelType('dyn', 'dyn'),
  any: new CelType('any', 'any'),
  error: new CelType('error', '*error*'),
  null: new CelType('null', 'null_type'),
  bool: new CelType('bool', 'bool'),
  int: new CelType('int', 'int'),
  uint: new CelType('uint', 'uint'),
  double: new CelType('double', 'double'),
  string: new CelType('string', 'string'),
  bytes: new CelType('bytes', 'bytes'),
  timestamp: new CelType('timestamp', 'google.protobuf.Timestamp'),
  duration: new CelType('duration', 'google.protobuf.Duration'),
  type: new CelType('type', 'type'),
  /** The run-time types of lists and maps carry no parameters. */
  list: new CelType('list', 'list'),
  map: new CelType('map', 'map'),
  optional: new CelType('opaque', 'optional_type'),
} as const;

/** `list(element)`. */
export function listType(element: CelType): CelType {
  return new CelType('list', 'list', [element]);
}

/** `map(key, value)`. */
export function mapType(key: CelType, value: CelType): CelType {
  return new CelType('map', 'map', [key, value]);
}

/** `optional_type(inner)`. */
export function optionalType(inner: CelType): CelType {
  return new CelType('opaque', 'optional_type', [inner]);
}

/** `type(inner)`, the type of a type. */
export function typeType(inner: CelType): CelType {
  return new CelType('type', 'type', [inner]);
}

/** A type parameter of an overload. */
export function paramType(name: string): CelType {
  return new CelType('param', name);
}

/** A library's own type, e.g. `kubernetes.Quantity`. */
export function opaqueType(name: string, params: readonly CelType[] = []): CelType {
  return new CelType('opaque', name, params);
}

/** An object type; its fields are found through the environment's TypeProvider. */
export function structType(name: string): CelType {
  return new CelType('struct', name);
}

/** A primitive or null. */
export function wrapperType(inner: CelType): CelType {
  return new CelType(inner.kind, inner.name, [], true);
}

/** Whether the type is an optional, and of what. */
export function unwrapOptional(type: CelType): { readonly type: CelType; readonly optional: boolean } {
  if (type.kind === 'opaque' && type.name === 'optional_type') {
    return { type: type.params[0] ?? types.dyn, optional: true };
  }
  return { type, optional: false };
}
