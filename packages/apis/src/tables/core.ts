import { atomicStruct, list, listMap, map, struct } from '../table.ts';
import { ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.core.v1';

export const LocalObjectReference = atomicStruct(
  `${V1}.LocalObjectReference`,
  'Names an object in the same namespace.',
  () => ({
    name: [1, 'string', 'filled', 'Its name.', { default: '' }],
  }),
);

export const ObjectReference = atomicStruct(`${V1}.ObjectReference`, 'Names an object of any kind.', () => ({
  kind: [1, 'string', 'filled', 'Its kind.'],
  namespace: [2, 'string', 'filled', 'Its namespace.'],
  name: [3, 'string', 'filled', 'Its name.'],
  uid: [4, 'string', 'filled', 'Its UID.'],
  apiVersion: [5, 'string', 'filled', 'Its API version.'],
  resourceVersion: [6, 'string', 'filled', 'The version of it that is meant.'],
  fieldPath: [7, 'string', 'filled', 'The part of it that is meant.'],
}));

/** v1 ConfigMap. */
export const ConfigMap = struct(`${V1}.ConfigMap`, 'Configuration for programs to read.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  immutable: [4, 'bool', 'pointer', 'True: data and binaryData can never change again.'],
  data: [2, map('string'), 'filled', 'Texts by key; keys have letters, digits, - _ and . only.'],
  binaryData: [3, map('base64'), 'filled', 'Bytes by key; no key may also be in data.'],
}));

/** v1 Secret. */
export const Secret = struct(`${V1}.Secret`, 'Passwords, tokens, keys: what only some may read.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  immutable: [5, 'bool', 'pointer', 'True: data can never change again.'],
  data: [2, map('base64'), 'filled', 'Bytes by key; keys have letters, digits, - _ and . only.'],
  stringData: [4, map('string'), 'filled', 'Texts by key; go into data and are never answered.'],
  type: [3, 'string', 'filled', 'What it is for; some types require keys. Opaque if not given. Cannot be changed.'],
}));

/** v1 ServiceAccount. */
export const ServiceAccount = struct(
  `${V1}.ServiceAccount`,
  'An identity for programs, with a name in a namespace.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    secrets: [2, listMap(ObjectReference, 'name'), 'filled', 'Secrets that programs under this account may use.'],
    imagePullSecrets: [3, list(LocalObjectReference), 'filled', 'Secrets for pulling images.'],
    automountServiceAccountToken: [4, 'bool', 'pointer', 'Whether programs get a token without asking.'],
  }),
);

const NamespaceSpec = struct(`${V1}.NamespaceSpec`, 'What holds a namespace.', () => ({
  finalizers: [1, list('string'), 'filled', 'Must be empty before a deleted namespace goes away.'],
}));

const NamespaceCondition = struct(`${V1}.NamespaceCondition`, 'One aspect of the deletion of a namespace.', () => ({
  type: [1, 'string', 'required', 'Which aspect.'],
  status: [2, 'string', 'required', 'True, False or Unknown.'],
  lastTransitionTime: [4, 'time', 'always', 'When the status last changed.'],
  reason: [5, 'string', 'filled', 'Why, in one word.'],
  message: [6, 'string', 'filled', 'Why, for humans.'],
}));

const NamespaceStatus = struct(`${V1}.NamespaceStatus`, 'Where a namespace is in its life.', () => ({
  phase: [1, 'string', 'filled', 'Active or Terminating.'],
  conditions: [2, listMap(NamespaceCondition, 'type'), 'filled', 'How its deletion goes.'],
}));

/** v1 Namespace. */
export const Namespace = struct(`${V1}.Namespace`, 'A scope for names.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, NamespaceSpec, 'always', 'What holds it.'],
  status: [3, NamespaceStatus, 'always', 'Where it is in its life.'],
}));

export const EventSource = struct(`${V1}.EventSource`, 'Who reported an event.', () => ({
  component: [1, 'string', 'filled', 'Program.'],
  host: [2, 'string', 'filled', 'Node.'],
}));

const EventSeries = struct(`${V1}.EventSeries`, 'An event that happens again and again.', () => ({
  count: [1, 'int32', 'filled', 'How often so far.'],
  lastObservedTime: [2, 'microTime', 'always', 'When last.'],
}));

/** v1 Event. */
export const Event = struct(`${V1}.Event`, 'Something that happened to an object.', () => ({
  metadata: [1, ObjectMeta, 'required', 'Standard object metadata.'],
  involvedObject: [2, ObjectReference, 'required', 'The object it happened to.'],
  reason: [3, 'string', 'filled', 'Why, in one word.'],
  message: [4, 'string', 'filled', 'What happened, for humans.'],
  source: [5, EventSource, 'always', 'Who reported it.'],
  firstTimestamp: [6, 'time', 'always', 'When first.'],
  lastTimestamp: [7, 'time', 'always', 'When last.'],
  count: [8, 'int32', 'filled', 'How often.'],
  type: [9, 'string', 'filled', 'Normal or Warning.'],
  eventTime: [10, 'microTime', 'always', 'When first, of events of the new form.'],
  series: [11, EventSeries, 'pointer', 'The series that it is part of.'],
  action: [12, 'string', 'filled', 'What was done or failed.'],
  related: [13, ObjectReference, 'pointer', 'A second object that it is about.'],
  reportingComponent: [14, 'string', 'always', 'Name of the controller that reported it.'],
  reportingInstance: [15, 'string', 'always', 'Which of its instances.'],
}));

const ScopedResourceSelectorRequirement = struct(
  `${V1}.ScopedResourceSelectorRequirement`,
  'A scope, an operator and values.',
  () => ({
    scopeName: [1, 'string', 'required', 'Scope.'],
    operator: [2, 'string', 'required', 'In, NotIn, Exists or DoesNotExist.'],
    values: [3, list('string'), 'filled', 'Values for In and NotIn; empty for the others.'],
  }),
);

const ScopeSelector = atomicStruct(`${V1}.ScopeSelector`, 'Selects objects by scopes.', () => ({
  matchExpressions: [1, list(ScopedResourceSelectorRequirement), 'filled', 'Requirements that must all hold.'],
}));

const ResourceQuotaSpec = struct(`${V1}.ResourceQuotaSpec`, 'How much a namespace may hold.', () => ({
  hard: [1, map('quantity'), 'filled', 'Limits by resource name.'],
  scopes: [2, list('string'), 'filled', 'Only objects in all these scopes count.'],
  scopeSelector: [3, ScopeSelector, 'pointer', 'Only objects it selects count.'],
}));

const ResourceQuotaStatus = struct(`${V1}.ResourceQuotaStatus`, 'How much a namespace holds.', () => ({
  hard: [1, map('quantity'), 'filled', 'Limits that are enforced.'],
  used: [2, map('quantity'), 'filled', 'Amounts that are used.'],
}));

/** v1 ResourceQuota. */
export const ResourceQuota = struct(`${V1}.ResourceQuota`, 'Limits of what a namespace may hold in total.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, ResourceQuotaSpec, 'always', 'How much it may hold.'],
  status: [3, ResourceQuotaStatus, 'always', 'How much it holds.'],
}));
