import type { FieldError, JsonObject } from '@kcp/api-machinery';
import { itemPath, notSupported, objectAt, objectsAt, textsAt } from '@kcp/api-machinery';
import { labelSelectorErrors } from '../label-selector-validation.ts';
import { namedRuleErrors } from './rules.ts';
import { choiceErrors, withScope } from './webhook-configuration.ts';

/** Fills in what a policy's MatchResources do not say. */
export function matchResourcesDefaults(match: JsonObject): JsonObject {
  const scoped = (field: string): JsonObject => {
    const rules = objectsAt(match, field);
    return rules.length === 0 ? {} : { [field]: rules.map(withScope) };
  };
  return {
    ...match,
    namespaceSelector: match['namespaceSelector'] ?? {},
    objectSelector: match['objectSelector'] ?? {},
    ...scoped('resourceRules'),
    ...scoped('excludeResourceRules'),
    matchPolicy: match['matchPolicy'] ?? 'Equivalent',
  };
}

/** What is wrong with which requests a policy looks at. */
export function matchResourcesErrors(match: JsonObject, path: string): FieldError[] {
  const rules = (field: string): FieldError[] => {
    return objectsAt(match, field).flatMap((rule, at) => namedRuleErrors(rule, itemPath(`${path}.${field}`, at)));
  };
  return [
    ...choiceErrors(match, 'matchPolicy', path),
    ...labelSelectorErrors(objectAt(match, 'namespaceSelector'), `${path}.namespaceSelector`),
    ...labelSelectorErrors(objectAt(match, 'objectSelector'), `${path}.objectSelector`),
    ...rules('resourceRules'),
    ...rules('excludeResourceRules'),
  ];
}

const MUTATED = ['*', 'CONNECT', 'CREATE', 'UPDATE'];

/** Nothing of a deletion can be changed: what is wrong with the operations that a mutating policy looks at. */
export function mutatedOperationErrors(match: JsonObject, path: string): FieldError[] {
  const operations = objectsAt(match, 'resourceRules').flatMap((rule) => textsAt(rule, 'operations'));
  return operations
    .filter((operation) => !MUTATED.includes(operation))
    .map((operation) => notSupported(`${path}.resourceRules.operations`, operation, MUTATED));
}
