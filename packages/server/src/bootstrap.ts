import { ApiError, type KubeObject } from '@kcp/api-machinery';
import type { InProcessWriter } from '@kcp/apiserver';
import { trackLegacyTokens } from '@kcp/builtins';
import { systemClock } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { logicalClusterBucket } from './logical-clusters.ts';

const namespaces = { group: '', version: 'v1', resource: 'namespaces' };
const logicalClusters = { group: 'core.kcp.io', version: 'v1alpha1', resource: 'logicalclusters' };
/** Written once and then left to its owner. */
const CREATE_ONLY = { 'bootstrap.kcp.io/create-only': 'true' };

/** What the root is born with: its LogicalCluster and its first namespaces. Done once, by whichever server comes first; what was changed since is left as it is. Since when uses of tokens in Secrets are noted is looked after at every start. */
export async function bootstrapRoot(store: ObjectReader, writer: InProcessWriter, url: string): Promise<void> {
  await store.synced();
  await makeRoot(store, writer, url);
  await trackLegacyTokens({ store, writer, clock: systemClock });
}

async function makeRoot(store: ObjectReader, writer: InProcessWriter, url: string): Promise<void> {
  const found = store.get(logicalClusterBucket, { cluster: root, namespace: '', name: 'cluster' })?.decode();
  if (found !== undefined && 'status' in found) return;
  for (const name of ['default', 'kube-system']) {
    await createMissing(writer, { resource: namespaces, object: { metadata: { name, annotations: CREATE_ONLY } } });
  }
  await createMissing(writer, {
    resource: logicalClusters,
    object: { metadata: { name: 'cluster', annotations: { 'kcp.io/path': root } }, spec: {} },
  });
  const address = { cluster: root, resource: logicalClusters, namespace: '', name: 'cluster' };
  await writer.update(
    address,
    (old): KubeObject => ({ ...old, status: { URL: `${url}/clusters/${root}`, phase: 'Ready' } }),
    'status',
  );
}

interface Seed {
  readonly resource: typeof namespaces;
  readonly object: Omit<KubeObject, 'apiVersion' | 'kind'>;
}

async function createMissing(writer: InProcessWriter, { resource, object }: Seed): Promise<void> {
  try {
    await writer.create({ cluster: root, resource, namespace: '' }, object);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
  }
}
