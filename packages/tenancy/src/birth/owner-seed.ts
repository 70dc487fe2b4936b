import { textAt } from '@kcp/api-machinery';
import { parseOwner } from '../admission/owner.ts';
import { clusterRoleBindings } from '../buckets.ts';
import { OWNER_ANNOTATION } from '../well-known.ts';
import type { WorkspaceSeed } from './birth.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** Who asked for a workspace administers it. */
export const ownerSeed: WorkspaceSeed = ({ annotations }) => {
  const owner = parseOwner(annotations[OWNER_ANNOTATION]);
  const name = owner ? textAt(owner, 'username') : '';
  if (name === '') return { objects: [] };
  const binding = {
    metadata: { name: 'workspace-admin' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: RBAC, kind: 'User', name }],
  };
  return { objects: [{ resource: clusterRoleBindings.resource, object: binding }] };
};
