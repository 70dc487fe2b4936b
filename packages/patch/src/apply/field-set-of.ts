import { isArray, isObject } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { isAtomic, memberSchema, resolve } from './apply-schema.ts';
import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import { FieldSetBuilder } from './field-set.ts';
import type { FieldPath, FieldSet } from './field-set.ts';
import { fieldElement, itemsByElement } from './path-element.ts';

/** The paths that an applied configuration sets: its leaves, atomic parts, items of lists and entries of maps. */
export function fieldSetOf(value: Json, schema: ApplySchema): FieldSet {
  const walk = new Walk();
  walk.value(value, schema, []);
  return walk.paths.build();
}

class Walk {
  readonly paths = new FieldSetBuilder();

  value(value: Json, schema: ApplySchema, path: FieldPath): void {
    const resolved = resolve(schema, value);
    if (resolved.kind === 'scalar' || isAtomic(resolved)) this.paths.insert(path);
    else if (resolved.kind === 'list') this.#items(isArray(value) ? value : [], resolved, path);
    else if (isObject(value)) this.#members(value, resolved, path);
  }

  #members(value: JsonObject, schema: ObjectSchema, path: FieldPath): void {
    for (const name of Object.keys(value)) {
      const member = value[name] ?? null;
      const here = [...path, fieldElement(name)];
      this.value(member, memberSchema(schema, name), here);
      const isEmpty = member === null || (isObject(member) && Object.keys(member).length === 0);
      if (isEmpty || schema.field(name) === undefined) this.paths.insert(here);
    }
  }

  #items(items: readonly Json[], schema: ListSchema, path: FieldPath): void {
    for (const [element, same] of itemsByElement(schema, items)) {
      const here = [...path, element];
      this.paths.insert(here);
      const [only] = same;
      if (same.length === 1 && only !== undefined) this.value(only, schema.items, here);
    }
  }
}
