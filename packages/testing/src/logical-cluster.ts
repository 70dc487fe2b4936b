import type { JsonObject } from '@kcp/api-machinery';
import type { LoopbackClient } from '@kcp/server';

const path = '/apis/core.kcp.io/v1alpha1/logicalclusters';

/** Makes the logical cluster of a client one that users may be let into, without a workspace: what tests of other things need. */
export async function createLogicalCluster(client: LoopbackClient, metadata: JsonObject = {}): Promise<void> {
  const kind = { apiVersion: 'core.kcp.io/v1alpha1', kind: 'LogicalCluster' };
  await client.create(path, { ...kind, metadata: { ...metadata, name: 'cluster' }, spec: {} });
  await client.patch(`${path}/cluster/status`, { status: { phase: 'Ready' } });
}
