import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import type { FieldSet } from './field-set.ts';
import { fieldNameOf } from './path-element.ts';

/**
 * A set as it reads after its type changed: who owned parts of what is owned as a whole now owns the whole (Go package
 * structured-merge-diff/typed, ReconcileFieldSetWithSchema). There is no way back: the whole stays owned until it is applied
 * anew. Maps of whatever are left alone.
 */
export function followSchema(set: FieldSet, schema: ApplySchema): FieldSet {
  if (schema.kind === 'scalar' || schema.kind === 'deduced') return set;
  let changed: Map<string, FieldSet> | undefined;
  for (const [element, child] of set.children) {
    const type = schema.kind === 'list' ? schema.items : declared(schema, element);
    const next = type === undefined ? child : followBelow(child, type);
    if (next === child) continue;
    changed ??= new Map(set.children);
    changed.set(element, next);
  }
  return changed === undefined ? set : { member: set.member, children: changed };
}

function followBelow(set: FieldSet, schema: ApplySchema): FieldSet {
  if (schema.kind === 'scalar' || schema.kind === 'deduced') return set;
  const isWhole =
    schema.kind === 'list' ? schema.type === 'atomic' : schema.atomic === true && schema.values?.kind !== 'deduced';
  if (!isWhole) return followSchema(set, schema);
  return set.children.size === 0 ? set : { member: true, children: new Map() };
}

function declared(schema: ObjectSchema | ListSchema, element: string): ApplySchema | undefined {
  const name = fieldNameOf(element);
  if (schema.kind !== 'object') return undefined;
  return (name === undefined ? undefined : schema.field(name)) ?? schema.values;
}
