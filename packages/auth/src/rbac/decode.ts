import { isArray, isObject, objectAt, objectsAt, own, textAt, textEntriesAt, textsAt } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import type { Binding, LabelRequirement, LabelSelector, PolicyRule, Role, RoleRef, Subject } from './objects.ts';

/**
 * Reads a Role or ClusterRole as it is stored. What has a wrong type counts as absent: a rule that cannot be read allows
 * nothing.
 */
export function decodeRole(object: JsonObject): Role {
  const metadata = objectAt(object, 'metadata');
  const aggregation = own(object, 'aggregationRule');
  const role = {
    name: textAt(metadata, 'name'),
    labels: Object.fromEntries(textEntriesAt(metadata, 'labels')),
    rules: decodeRules(own(object, 'rules')),
  };
  if (!isObject(aggregation)) return role;
  return { ...role, aggregation: objectsAt(aggregation, 'clusterRoleSelectors').map(decodeSelector) };
}

/** Reads a RoleBinding or ClusterRoleBinding as it is stored. */
export function decodeBinding(object: JsonObject): Binding {
  const metadata = objectAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return {
    name: textAt(metadata, 'name'),
    ...(namespace && { namespace }),
    subjects: objectsAt(object, 'subjects').map(decodeSubject),
    roleRef: decodeRoleRef(objectAt(object, 'roleRef')),
  };
}

/** Reads a list of rules; null is an empty one. */
export function decodeRules(value: Json | undefined): readonly PolicyRule[] {
  return isArray(value) ? value.filter(isObject).map(decodeRule) : [];
}

function decodeRule(rule: JsonObject): PolicyRule {
  const lists = ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;
  const given = lists.map((name) => [name, textsAt(rule, name)] as const).filter(([, texts]) => texts.length > 0);
  return { verbs: textsAt(rule, 'verbs'), ...Object.fromEntries(given) };
}

function decodeSubject(subject: JsonObject): Subject {
  const namespace = textAt(subject, 'namespace');
  return { kind: textAt(subject, 'kind'), name: textAt(subject, 'name'), ...(namespace && { namespace }) };
}

function decodeRoleRef(ref: JsonObject): RoleRef {
  return { kind: textAt(ref, 'kind'), name: textAt(ref, 'name') };
}

/** Reads a label selector. */
export function decodeSelector(selector: JsonObject): LabelSelector {
  const matchExpressions = objectsAt(selector, 'matchExpressions').map((requirement): LabelRequirement => ({
    key: textAt(requirement, 'key'),
    operator: textAt(requirement, 'operator'),
    values: textsAt(requirement, 'values'),
  }));
  return { matchLabels: Object.fromEntries(textEntriesAt(selector, 'matchLabels')), matchExpressions };
}
