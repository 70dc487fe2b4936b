import type { CelType } from '../values/type.ts';
import type { StructValue, Value } from '../values/value.ts';

/** One object type: what fields it has. */
export interface StructDeclaration {
  readonly type: CelType;
  /** A field's type; undefined where there is none of that name. */
  field(name: string): CelType | undefined;
  /** Makes an object of `Type{a: 1}`; absent where expressions may not. */
  create?(fields: ReadonlyMap<string, Value>): StructValue | Value;
}

/** Where the checker finds object types. Declared here, filled in by whoever has schemas. */
export interface TypeProvider {
  findStruct(name: string): StructDeclaration | undefined;
}

/** Knows no object types. */
export const noTypes: TypeProvider = { findStruct: () => undefined };
