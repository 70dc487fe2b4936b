import { objectAt, objectsAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { withCondition, type Claim } from '../conditions.ts';
import type { MountReference } from './mount-reference.ts';

/** Says of a mounted Workspace whether what it mounts can be reached. */
export const MOUNT_READY = 'WorkspaceMountReady';

/**
 * A mounted Workspace as the object that it refers to says: where it is, and whether it is there. The same object where it is so
 * already. A mount that says no URL leaves the one that was (kcp's workspacemounts).
 */
export function describeMounted(
  workspace: KubeObject,
  reference: MountReference,
  { mount, now }: { readonly mount: KubeObject | undefined; readonly now: string },
): KubeObject {
  const spec = objectAt(workspace, 'spec');
  const before = objectAt(workspace, 'status');
  const URL = mount ? textAt(objectAt(mount, 'status'), 'URL') : '';
  const told = withCondition(before, claimOf(reference, mount), now);
  const status = withPhase(told, isReady(mount));
  const placed = URL === '' || textAt(spec, 'URL') === URL ? workspace : { ...workspace, spec: { ...spec, URL } };
  return status === before ? placed : { ...placed, status };
}

function isReady(mount: KubeObject | undefined): boolean {
  return mount !== undefined && textAt(objectAt(mount, 'status'), 'phase') === 'Ready';
}

function claimOf({ kind, namespace, name }: MountReference, mount: KubeObject | undefined): Claim {
  if (isReady(mount)) return { type: MOUNT_READY, status: 'True' };
  const failed = { type: MOUNT_READY, status: 'False', severity: 'Error' } as const;
  if (mount === undefined) {
    const shown = JSON.stringify(`${namespace}/${name}`);
    return { ...failed, reason: 'MountObjectNotFound', message: `${kind} ${shown} not found` };
  }
  const shown = JSON.stringify(mount.metadata.name ?? '');
  const message = `Mount is not reporting ready. See ${mount.kind} ${shown} status for more details`;
  return { ...failed, reason: 'MountObjectNotReady', message };
}

/** What of a workspace is not as it should be makes it unavailable; once all of it is, it is ready. */
function withPhase(status: JsonObject, isMounted: boolean): JsonObject {
  const isAmiss = objectsAt(status, 'conditions').some(
    (condition) => textAt(condition, 'status') === 'False' && textAt(condition, 'type').startsWith('Workspace'),
  );
  const phase = isAmiss ? 'Unavailable' : isMounted ? 'Ready' : textAt(status, 'phase');
  return textAt(status, 'phase') === phase ? status : { ...status, phase };
}
