import type { ApplySchema } from './apply-schema.ts';
import type { FieldSet } from './field-set.ts';
import { fieldNameOf } from './path-element.ts';

/**
 * A set with the declared fields on the way to its paths made members: `spec.replicas` alone says that `spec` is there too,
 * while an entry of a map and an item of a list must be named (Go package structured-merge-diff/fieldpath,
 * EnsureNamedFieldsAreMembers).
 */
export function withNamedFields(set: FieldSet, schema: ApplySchema | undefined): FieldSet {
  if (set.children.size === 0 || schema === undefined || schema.kind === 'scalar' || schema.kind === 'deduced')
    return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const named = withNamedFields(child, below(schema, element));
    const member = named.member || (child.children.size > 0 && isDeclared(schema, element));
    children.set(element, member === named.member ? named : { member, children: named.children });
  }
  return { member: set.member, children };
}

function isDeclared(schema: ApplySchema, element: string): boolean {
  const name = fieldNameOf(element);
  return name !== undefined && schema.kind === 'object' && schema.field(name) !== undefined;
}

function below(schema: ApplySchema, element: string): ApplySchema | undefined {
  const name = fieldNameOf(element);
  if (schema.kind === 'list') return element.startsWith('k:') ? schema.items : undefined;
  return name === undefined || schema.kind !== 'object' ? undefined : (schema.field(name) ?? schema.values);
}
