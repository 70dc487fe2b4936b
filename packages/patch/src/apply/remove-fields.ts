import { isArray, isObject, put } from '@kcp/api-machinery';
import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import { isAtomic, memberSchema, resolve } from './apply-schema.ts';
import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import type { FieldSet } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';

/**
 * A value without the paths of a set (Go package structured-merge-diff/typed, RemoveItems, as of 6.3.2; 6.3.3 makes null of
 * what is empty). null where nothing is left of it.
 */
export function removeFields(value: Json, paths: FieldSet, schema: ApplySchema): Json {
  const type = resolve(schema, value);
  if (type.kind === 'scalar') return value;
  if (isAtomic(type)) return null;
  return type.kind === 'list' ? removeItems(value, paths, type) : removeMembers(value, paths, type);
}

function removeItems(value: Json, paths: FieldSet, schema: ListSchema): Json {
  const kept: Json[] = [];
  for (const item of isArray(value) ? value : []) {
    const element = itemElement(schema, item);
    const below = element === undefined ? undefined : paths.children.get(element);
    if (!below?.member) kept.push(below === undefined ? item : removeBelow(item, below, schema.items));
  }
  return kept.length === 0 ? null : kept;
}

function removeMembers(value: Json, paths: FieldSet, schema: ObjectSchema): Json {
  const kept: MutableJsonObject = {};
  for (const name of isObject(value) ? Object.keys(value) : []) {
    const member = isObject(value) ? (value[name] ?? null) : null;
    const below = paths.children.get(fieldElement(name));
    if (below?.member) continue;
    put(kept, name, below === undefined ? member : removeBelow(member, below, memberSchema(schema, name)));
  }
  return Object.keys(kept).length === 0 ? null : kept;
}

/** What is in something else stays, empty, where all that was in it is removed. */
function removeBelow(value: Json, paths: FieldSet, schema: ApplySchema): Json {
  const left = removeFields(value, paths, schema);
  if (left !== null) return left;
  if (isArray(value)) return [];
  return isObject(value) ? {} : null;
}
