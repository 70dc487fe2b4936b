import type { StructDeclaration, TypeProvider } from '../check/provider.ts';
import { listType, mapType, structType, types } from '../values/type.ts';
import type { CelType } from '../values/type.ts';
import { fieldOf } from './declared-type.ts';
import type { DeclaredField, DeclaredType } from './declared-type.ts';
import { escapeName } from './escape.ts';
import type { Schema } from './schema.ts';

/** The most bytes of a request (k8s.io/apiserver DefaultMaxRequestSizeBytes). */
const maxRequest = 3 * 1024 * 1024;
/** A code point takes up to four bytes. */
const bytesPerPoint = 4;
const maxDepth = 200;

const metadata: Schema = { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } };
const rootProperties: Readonly<Record<string, Schema>> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata,
};

/** The types that a schema declares, found by name; names are the path from the root. */
export interface SchemaTypes extends TypeProvider {
  /** The type of the schema itself; undefined where expressions can't see it (no type). */
  readonly root: DeclaredType | undefined;
}

/** Declares the types of a schema (k8s.io/apiserver/pkg/cel/common SchemaDeclType). */
export function declareSchema(schema: Schema, name: string, isResourceRoot: boolean): SchemaTypes {
  const structs = new Map<string, StructDeclaration>();
  const declarer = new Declarer(structs);
  const root = declarer.declare(schema, { name, isRoot: isResourceRoot, depth: 0 });
  return { root, findStruct: (found) => structs.get(found) };
}

interface At {
  readonly name: string;
  readonly isRoot: boolean;
  readonly depth: number;
}

class Declarer {
  readonly #structs: Map<string, StructDeclaration>;

  constructor(structs: Map<string, StructDeclaration>) {
    this.#structs = structs;
  }

  declare(schema: Schema, at: At): DeclaredType | undefined {
    if (at.depth > maxDepth) return undefined;
    if (schema['x-kubernetes-int-or-string'] === true) {
      return { kind: 'scalar', type: types.dyn, schema, minBytes: 1, maxElements: maxRequest - 2 };
    }
    switch (schema.type ?? '') {
      case 'array':
        return this.#list(schema, at);
      case 'object':
        return this.#object(schema, at);
      case 'string':
        return stringType(schema);
      case 'boolean':
        return { kind: 'scalar', type: types.bool, schema, minBytes: 4, maxElements: 0 };
      case 'number':
        return { kind: 'scalar', type: types.double, schema, minBytes: 1, maxElements: 0 };
      case 'integer':
        return { kind: 'scalar', type: types.int, schema, minBytes: 1, maxElements: 0 };
      default:
        return undefined;
    }
  }

  #list(schema: Schema, at: At): DeclaredType | undefined {
    const element = schema.items && this.declare(schema.items, this.#below(schema.items, at, '@idx'));
    if (element === undefined) return undefined;
    const maxElements = schema.maxItems ?? Math.floor((maxRequest - 2) / (element.minBytes + 1));
    return {
      kind: 'list',
      type: listType(element.type),
      schema,
      minBytes: 2,
      maxElements: Math.max(0, maxElements),
      element,
    };
  }

  #object(schema: Schema, at: At): DeclaredType | undefined {
    const values = schema.additionalProperties;
    if (typeof values === 'object') {
      const element = this.declare(values, this.#below(values, at, '@elem'));
      if (element === undefined) return undefined;
      const maxElements = schema.maxProperties ?? Math.floor((maxRequest - 2) / (element.minBytes + 6));
      const type = mapType(types.string, element.type);
      return { kind: 'map', type, schema, minBytes: 2, maxElements: Math.max(0, maxElements), element };
    }
    const fields = new Map<string, DeclaredField>();
    const required = new Set(schema.required);
    let minBytes = 2;
    const isRoot = at.isRoot || schema['x-kubernetes-embedded-resource'] === true;
    for (const [property, inner] of Object.entries(
      isRoot ? { ...schema.properties, ...rootProperties } : (schema.properties ?? {}),
    )) {
      const escaped = escapeName(property);
      const declared = this.declare(inner, this.#below(inner, at, escaped ?? property));
      if (declared === undefined) continue;
      if (escaped !== undefined) fields.set(escaped, { property, declared });
      if (required.has(property) && inner.default === undefined) minBytes += property.length + declared.minBytes + 4;
    }
    const type = structType(at.name);
    const declared: DeclaredType = { kind: 'object', type, schema, minBytes, maxElements: 0, fields };
    this.#structs.set(at.name, { type, field: (field) => fieldOf(declared, field)?.declared.type });
    return declared;
  }

  #below(schema: Schema, at: At, part: string): At {
    return {
      name: `${at.name}.${part}`,
      isRoot: schema['x-kubernetes-embedded-resource'] === true,
      depth: at.depth + 1,
    };
  }
}

function stringType(schema: Schema): DeclaredType {
  const scalar = (type: CelType, minBytes: number, maxElements: number): DeclaredType => {
    return { kind: 'scalar', type, schema, minBytes, maxElements };
  };
  switch (schema.format ?? '') {
    case 'byte':
      return scalar(types.bytes, 2, schema.maxLength === undefined ? maxRequest - 2 : Math.max(0, schema.maxLength));
    case 'duration':
      return scalar(types.duration, 3, 32);
    case 'date':
      return scalar(types.timestamp, 12, 12);
    case 'date-time':
      return scalar(types.timestamp, 21, 32);
    default:
      return scalar(types.string, 2, longestString(schema));
  }
}

function longestString(schema: Schema): number {
  if (schema.maxLength !== undefined) return Math.max(0, schema.maxLength) * bytesPerPoint;
  if (schema.enum === undefined || schema.enum.length === 0) return maxRequest - 2;
  return Math.max(...schema.enum.map((value) => (typeof value === 'string' ? value.length : 0)));
}

/** How often a value can occur in one request: what an unbounded list or map around it is taken to hold. */
export function maxCardinality({ minBytes }: DeclaredType): number {
  return Math.floor(maxRequest / (minBytes + 1));
}
