import { unlessOvertaken } from '@kcp/apiserver';
import type { KubeObject } from '@kcp/api-machinery';
import { formatTime, instantOf, objectAt } from '@kcp/api-machinery';
import type { Clock, Reconcile, Result } from '@kcp/controller';
import { again, done } from '@kcp/controller';
import { namespaceBucket, namespaceFinalizers } from '../core/namespace.ts';
import { KUBERNETES_FINALIZER } from '../finalizer-names.ts';
import type { ListResources, ReconcileDeps } from './deps.ts';
import { withDeletionConditions } from './namespace-conditions.ts';
import { removeContent } from './namespace-content.ts';

/** What the deletion of namespaces needs. */
export interface NamespaceDeletionDeps extends ReconcileDeps {
  readonly resources: ListResources;
  readonly clock: Clock;
}

const SOONEST = 500;
const LATEST = 60_000;

/** Content that waits for finalizers tells nobody here when it goes: it is looked at again, ever less often. */
function lookAgain(namespace: KubeObject, now: number): Result {
  const since = Date.parse(namespace.metadata.deletionTimestamp ?? '');
  const age = Number.isNaN(since) ? 0 : now - since;
  return again(Math.min(LATEST, Math.max(SOONEST, age / 20)));
}

function withoutFinalizer(namespace: KubeObject): KubeObject {
  const finalizers = namespaceFinalizers(namespace);
  if (!finalizers.includes(KUBERNETES_FINALIZER)) return namespace;
  const kept = finalizers.filter((name) => name !== KUBERNETES_FINALIZER);
  return { ...namespace, spec: kept.length > 0 ? { ...objectAt(namespace, 'spec'), finalizers: kept } : {} };
}

/** True where the namespace stays when its content is gone: somebody else holds it too. */
function isHeldByOthers(namespace: KubeObject): boolean {
  return namespaceFinalizers(namespace).length > 1 || (namespace.metadata.finalizers?.length ?? 0) > 0;
}

/** Deletes the content of a namespace that is being deleted, says how it goes, and lets the namespace go when it is empty. */
export function namespaceDeletion(deps: NamespaceDeletionDeps): Reconcile {
  const { store, writer, clock, resources } = deps;
  return async ({ cluster, name }, { signal }) => {
    const stored = store.get(namespaceBucket, { cluster, namespace: '', name });
    const namespace = stored?.decode();
    if (namespace?.metadata.deletionTimestamp === undefined) return done;
    if (!namespaceFinalizers(namespace).includes(KUBERNETES_FINALIZER)) return done;
    const content = await removeContent(deps, resources(cluster), { cluster, namespace: name }, signal);
    const isEmpty = content.byResource.size === 0 && content.failures.length === 0;
    const address = { cluster, resource: { ...namespaceBucket, version: 'v1' }, namespace: '', name };
    if (!isEmpty || isHeldByOthers(namespace)) {
      const now = formatTime(instantOf(clock.now())) ?? '';
      await unlessOvertaken(writer.update(address, (old) => withDeletionConditions(old, content, now), 'status'));
    }
    if (!isEmpty) return lookAgain(namespace, clock.now());
    await unlessOvertaken(writer.update(address, withoutFinalizer, 'finalize'));
    return done;
  };
}
