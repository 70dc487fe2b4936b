import type { KubeObject } from '@kcp/api-machinery';
import type { Indexer } from './cache-index.ts';
import { CLUSTER_ANNOTATION } from './object-key.ts';

/** By namespace; objects without one are not in it. */
export const byNamespace: Indexer<KubeObject> = ({ metadata }) => present(metadata.namespace);

/** By the name of the logical cluster, where objects say theirs. */
export const byCluster: Indexer<KubeObject> = ({ metadata }) => present(metadata.annotations?.[CLUSTER_ANNOTATION]);

/** By the unique ids of their owners. */
export const byOwnerUid: Indexer<KubeObject> = ({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid);

function present(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [value];
}
