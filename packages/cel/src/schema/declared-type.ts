import type { CelType } from '../values/type.ts';
import { isReserved } from './escape.ts';
import type { Schema } from './schema.ts';

/** A type with what its schema says about sizes: what a cost estimate needs, and how values are read. */
export interface DeclaredType {
  readonly kind: 'scalar' | 'list' | 'map' | 'object';
  readonly type: CelType;
  readonly schema: Schema;
  /** The fewest bytes of JSON that hold a value; how many fit into a request follows from it. */
  readonly minBytes: number;
  /** The most items, entries, or bytes of a string. */
  readonly maxElements: number;
  /** Of a list or map. */
  readonly element?: DeclaredType;
  /** Of an object, by the name that expressions use. */
  readonly fields?: ReadonlyMap<string, DeclaredField>;
}

/** A field of an object. */
export interface DeclaredField {
  /** The property's name in the data. */
  readonly property: string;
  readonly declared: DeclaredType;
}

/** The field that an expression names: reserved words may be written with or without their escape. */
export function fieldOf(declared: DeclaredType, name: string): DeclaredField | undefined {
  return declared.fields?.get(name) ?? (isReserved(name) ? declared.fields?.get(`__${name}__`) : undefined);
}
