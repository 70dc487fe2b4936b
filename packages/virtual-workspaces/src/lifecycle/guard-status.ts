import {
  equal,
  invalid,
  objectAt,
  own,
  textsAt,
  type FieldError,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import type { UpdateStrategy } from '@kcp/apiserver';
import type { LifecycleKind } from './lifecycle-kind.ts';

/** Beside its own entry a controller may tell how it gets on. */
const FREE = 'conditions';

/** Lets a controller take itself off the list that a LogicalCluster waits for, and write conditions; nothing else. */
export function guardStatus(kind: LifecycleKind, name: string, strategy: UpdateStrategy): UpdateStrategy {
  return {
    ...strategy,
    validateUpdate: (object, old, context) => [
      ...statusErrors(kind, name, { object, old }),
      ...(strategy.validateUpdate?.(object, old, context) ?? []),
    ],
  };
}

interface Change {
  readonly object: KubeObject;
  readonly old: KubeObject;
}

/** What of a change of the status is more than a controller may change. */
export function statusErrors(kind: LifecycleKind, name: string, { object, old }: Change): readonly FieldError[] {
  const why = `only removing the ${JSON.stringify(name)} ${kind.role} is supported`;
  const [next, before] = [objectAt(object, 'status'), objectAt(old, 'status')];
  const errors: FieldError[] = [];
  const [left, had] = [textsAt(next, kind.field), textsAt(before, kind.field)];
  if (!equal(left, had) && !equal(left, without(had, name)))
    errors.push(invalid(`status.${kind.field}`, [...left], why));
  for (const field of fieldsOf(next, before)) {
    const value = own(next, field);
    if (field !== kind.field && field !== FREE && !same(value, own(before, field)))
      errors.push(invalid(`status.${field}`, value ?? null, why));
  }
  return errors;
}

function without(names: readonly string[], name: string): readonly string[] {
  return names.filter((each) => each !== name);
}

function fieldsOf(...objects: readonly JsonObject[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}

function same(a: JsonObject[string] | undefined, b: JsonObject[string] | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b);
}
