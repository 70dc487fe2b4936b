import type { GroupResource, KubeObject } from '@kcp/api-machinery';
import { parseQuantity, type Quantity, objectAt, textAt, textEntriesAt } from '@kcp/api-machinery';
import type { Bucket } from '@kcp/object-store';

/** Where quotas are stored. */
export const quotaBucket: Bucket = { group: '', resource: 'resourcequotas' };

const COUNT = 'count/';

/** Core resources that quotas also know by their bare names. */
const BARE: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

/** The names under which quotas count objects of a resource (k8s.io/apiserver quota generic ObjectCountQuotaResourceNameFor). */
export function countedNames({ group, resource }: GroupResource): readonly string[] {
  if (group !== '') return [`${COUNT}${resource}.${group}`];
  return BARE.has(resource) ? [`${COUNT}${resource}`, resource] : [`${COUNT}${resource}`];
}

/** Which resource a name counts the objects of; undefined for what is no count of objects. */
export function countedResource(name: string): GroupResource | undefined {
  if (BARE.has(name)) return { group: '', resource: name };
  if (!name.startsWith(COUNT)) return undefined;
  const [resource = '', ...group] = name.slice(COUNT.length).split('.');
  return { group: group.join('.'), resource };
}

/** True for a quota that looks at objects of every kind: scopes are of pods and volumes only. */
export function countsObjects(quota: KubeObject): boolean {
  const spec = objectAt(quota, 'spec');
  return !('scopeSelector' in spec) && !(Array.isArray(spec['scopes']) && spec['scopes'].length > 0);
}

/** What a quota allows, by name. */
export function hardLimits(quota: KubeObject): ReadonlyMap<string, Quantity> {
  const limits = textEntriesAt(objectAt(quota, 'spec'), 'hard');
  return new Map(limits.map(([name, text]) => [name, parseQuantity(text)]));
}

/** How much of a name is used by what the quota's status says; undefined where it does not say. */
export function usedAmount(quota: KubeObject, name: string): Quantity | undefined {
  const text = textAt(objectAt(objectAt(quota, 'status'), 'used'), name);
  return text === '' ? undefined : parseQuantity(text);
}
