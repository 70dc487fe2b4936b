import { put } from '@kcp/api-machinery';
import type { MutableJsonObject } from '@kcp/api-machinery';
import type { StructuralSchema } from '@kcp/structural-schema';
import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import { objectMetaSchema } from './object-meta-schema.ts';

const DEDUCED: ApplySchema = { kind: 'deduced' };
const TEXT: ApplySchema = { kind: 'scalar', type: 'string' };

/**
 * How apply sees a custom type in one version: `x-kubernetes-list-type`, `-list-map-keys` and `-map-type`; below
 * `x-kubernetes-preserve-unknown-fields` nothing is undeclared (Go package kube-openapi/schemaconv). Without a schema all
 * is owned as deduced from the values. Made once a compiled schema; not per request.
 */
export function structuralApplySchema(schema: StructuralSchema | undefined): ApplySchema {
  return schema === undefined ? DEDUCED : resource(schema, false);
}

/** An object with type meta and metadata: the root, and an embedded resource. */
function resource(schema: StructuralSchema, preserves: boolean): ApplySchema {
  const fields = fieldsOf(schema, preserves);
  fields.set('apiVersion', TEXT).set('kind', TEXT).set('metadata', objectMetaSchema);
  return objectOf(schema, preserves, fields);
}

function ofNode(schema: StructuralSchema, preserves: boolean): ApplySchema {
  if (schema.embeddedResource) return resource(schema, preserves);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, preserves, fieldsOf(schema, preserves));
    case 'array':
      return listOf(schema, preserves);
    case 'boolean':
      return { kind: 'scalar', type: 'boolean' };
    case 'integer':
    case 'number':
      return { kind: 'scalar', type: 'numeric' };
    case 'string':
      return schema.format === '' || schema.format === 'byte' ? TEXT : { kind: 'scalar' };
    default:
      return untyped(schema, preserves);
  }
}

/** int-or-string, or a node that keeps whatever comes. */
function untyped(schema: StructuralSchema, preserves: boolean): ApplySchema {
  if (schema.properties.size === 0 && schema.mapType === undefined) return DEDUCED;
  return { ...objectOf(schema, preserves, fieldsOf(schema, preserves)), open: true };
}

function fieldsOf(schema: StructuralSchema, preserves: boolean): Map<string, ApplySchema> {
  const fields = new Map<string, ApplySchema>();
  for (const [name, property] of schema.properties) fields.set(name, ofNode(property, keeps(schema, preserves)));
  return fields;
}

/** Whoever keeps unknown fields does so in all that lies below. */
function keeps(schema: StructuralSchema, preserves: boolean): boolean {
  return preserves || schema.preserveUnknownFields === true;
}

function objectOf(schema: StructuralSchema, preserves: boolean, fields: Map<string, ApplySchema>): ObjectSchema {
  const values = valuesOf(schema, preserves);
  return {
    kind: 'object',
    field: (name) => fields.get(name),
    ...(schema.mapType === 'atomic' && { atomic: true }),
    ...(values !== undefined && { values }),
  };
}

function valuesOf(schema: StructuralSchema, preserves: boolean): ApplySchema | undefined {
  const { additionalProperties: values } = schema;
  if (typeof values === 'object') return ofNode(values, keeps(schema, preserves));
  if (values !== undefined) return values ? DEDUCED : undefined;
  return keeps(schema, preserves) || schema.properties.size === 0 ? DEDUCED : undefined;
}

function listOf(schema: StructuralSchema, preserves: boolean): ListSchema {
  const items = schema.items === undefined ? DEDUCED : ofNode(schema.items, keeps(schema, preserves));
  if (schema.listType === 'set') return { kind: 'list', type: 'set', items };
  if (schema.listType !== 'map') return { kind: 'list', type: 'atomic', items };
  const keyDefaults: MutableJsonObject = {};
  for (const key of schema.listMapKeys) {
    const value = schema.items?.properties.get(key)?.default;
    if (value !== undefined) put(keyDefaults, key, value);
  }
  return { kind: 'list', type: 'map', items, keys: schema.listMapKeys, keyDefaults };
}
