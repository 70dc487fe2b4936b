import { ApiError, objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import type { PreparedWrite } from '@kcp/apiserver';
import { parseName } from '@kcp/logical-cluster';
import { workspaces } from '../buckets.ts';
import { WORKSPACE_FINALIZER } from '../well-known.ts';
import type { TenancyDeps } from './deps.ts';

/** A change that takes a finalizer away. */
export function withoutFinalizer(name: string): (object: KubeObject) => KubeObject {
  return (object) => {
    const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== name);
    return { ...object, metadata: { ...object.metadata, finalizers } };
  };
}

/**
 * The end of the Workspace that a LogicalCluster was made for, to be committed together with the end of that: undefined where there is
 * none, where it is not being deleted, or where somebody else holds it too.
 */
export async function prepareEndOfWorkspace(
  { store, writer }: Pick<TenancyDeps, 'store' | 'writer'>,
  logicalCluster: KubeObject,
): Promise<PreparedWrite | undefined> {
  const owner = objectAt(objectAt(logicalCluster, 'spec'), 'owner');
  const [cluster, name] = [parseName(textAt(owner, 'cluster')), textAt(owner, 'name')];
  if (textAt(owner, 'resource') !== workspaces.bucket.resource || cluster === undefined || name === '')
    return undefined;
  const key = { cluster, namespace: '', name };
  const stored = store.get(workspaces.bucket, key);
  if (stored?.isTerminating !== true) return undefined;
  const { uid, finalizers = [] } = stored.decode().metadata;
  if (uid !== textAt(owner, 'uid') || finalizers.some((other) => other !== WORKSPACE_FINALIZER)) return undefined;
  const address = { ...key, resource: workspaces.resource };
  try {
    return await writer.prepareUpdate(address, withoutFinalizer(WORKSPACE_FINALIZER));
  } catch (error) {
    // it went meanwhile, or somebody has a say in it: it is let go of by itself
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
