import { objectAt, objectsAt, textAt } from '@kcp/api-machinery';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { RemainingContent } from './namespace-content.ts';

interface Condition {
  readonly type: string;
  readonly status: 'False' | 'True';
  readonly reason: string;
  readonly message: string;
}

function listed(counts: ReadonlyMap<string, number>, join: string): string {
  const names = [...counts.keys()].sort();
  return names.map((name) => `${name}${join}${counts.get(name)} resource instances`).join(', ');
}

/** Conditions that every deletion has: all kinds are known here, there is nothing to discover. */
const KNOWN: readonly Condition[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    status: 'False',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    status: 'False',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
];

function failure({ failures }: RemainingContent): Condition {
  const type = 'NamespaceDeletionContentFailure';
  if (failures.length > 0) {
    return {
      type,
      status: 'True',
      reason: 'ContentDeletionFailed',
      message: `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
    };
  }
  const message = 'All content successfully deleted, may be waiting on finalization';
  return { type, status: 'False', reason: 'ContentDeleted', message };
}

function remaining({ byResource }: RemainingContent): Condition {
  const type = 'NamespaceContentRemaining';
  if (byResource.size === 0) {
    return { type, status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' };
  }
  const message = `Some resources are remaining: ${listed(byResource, ' has ')}`;
  return { type, status: 'True', reason: 'SomeResourcesRemain', message };
}

function finalizers({ byFinalizer }: RemainingContent): Condition {
  const type = 'NamespaceFinalizersRemaining';
  if (byFinalizer.size === 0) {
    const message = 'All content-preserving finalizers finished';
    return { type, status: 'False', reason: 'ContentHasNoFinalizers', message };
  }
  const message = `Some content in the namespace has finalizers remaining: ${listed(byFinalizer, ' in ')}`;
  return { type, status: 'True', reason: 'SomeFinalizersRemain', message };
}

/** The namespace with conditions that say how its deletion goes; the same object where they say so already. */
export function withDeletionConditions(namespace: KubeObject, content: RemainingContent, now: string): KubeObject {
  const status = objectAt(namespace, 'status');
  const conditions: JsonObject[] = [...objectsAt(status, 'conditions')];
  let isChanged = false;
  for (const wanted of [...KNOWN, failure(content), remaining(content), finalizers(content)]) {
    const at = conditions.findIndex((condition) => textAt(condition, 'type') === wanted.type);
    const old = conditions[at];
    const same =
      old !== undefined && (['status', 'reason', 'message'] as const).every((field) => old[field] === wanted[field]);
    if (same) continue;
    isChanged = true;
    const isMove = old === undefined || old['status'] !== wanted.status;
    const { type, status: value, reason, message } = wanted;
    const lastTransitionTime = isMove ? now : (old['lastTransitionTime'] ?? now);
    conditions.splice(at < 0 ? conditions.length : at, at < 0 ? 0 : 1, {
      type,
      status: value,
      lastTransitionTime,
      reason,
      message,
    });
  }
  return isChanged ? { ...namespace, status: { ...status, conditions } } : namespace;
}
