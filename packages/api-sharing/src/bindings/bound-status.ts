import type { JsonObject } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';

/** What is True of a binding that is as it should be, in the order in which conditions are told. */
const CONDITIONS = [
  'Ready',
  'APIExportValid',
  'BindingUpToDate',
  'InitialBindingCompleted',
  'PermissionClaimsApplied',
  'PermissionClaimsValid',
];

/** The status of a binding to one of root's own exports. */
export function boundStatus(boundResources: readonly JsonObject[], now: string): JsonObject {
  return {
    phase: 'Bound',
    apiExportClusterName: root,
    boundResources,
    conditions: CONDITIONS.map((type) => ({ type, status: 'True', lastTransitionTime: now })),
  };
}
