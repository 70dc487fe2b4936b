import { objectAt, type KubeObject } from '@kcp/api-machinery';
import type { PreparedWrite, PreparingWriter } from '@kcp/apiserver';
import { child, type LogicalCluster } from '@kcp/logical-cluster';
import { storageKey, type ObjectReader } from '@kcp/object-store';
import { clusterNameOf } from '../cluster/cluster-name.ts';
import { pathOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { shardFor } from '../cluster/shard.ts';
import { resolveType, TypeRefusal, withExtended } from '../type/resolve-type.ts';
import { typeReference } from '../type/workspace-type.ts';
import type { Birth, SeedObject, WorkspaceReference, WorkspaceSeed } from './birth.ts';
import { logicalClusterSeed } from './logical-cluster-seed.ts';

/** What new logical clusters are made with. */
export interface BirthDeps {
  readonly store: Pick<ObjectReader, 'get'>;
  /** Writes in the server's own name. */
  readonly writer: Pick<PreparingWriter, 'prepareCreate' | 'prepareSequel'>;
  readonly seeds: readonly WorkspaceSeed[];
  /** The name of the shard that this server is: workspaces are made on the one that is asked. */
  readonly shard: string;
  /** RFC 3339. */
  readonly now: () => string;
}

/** Why there is no logical cluster for a Workspace yet. */
export interface Unborn {
  readonly kind: 'unborn';
  readonly why: string;
}

/** Decides where the logical cluster of a Workspace begins, and with what. */
export function conceive(
  deps: BirthDeps,
  parent: LogicalCluster,
  workspace: KubeObject,
): (Birth & { readonly owner: WorkspaceReference }) | Unborn {
  const reference = typeReference(objectAt(workspace, 'spec'), 'type');
  const { name = '', uid = '' } = workspace.metadata;
  if (reference === undefined) return { kind: 'unborn', why: 'spec.type must be set' };
  const shard = shardFor(deps.store, workspace, deps.shard);
  if ('why' in shard) return { kind: 'unborn', why: shard.why };
  const above = pathOf(storedLogicalCluster(deps.store, parent)?.decode(), parent);
  const path = child(above, name);
  if (path === undefined) return { kind: 'unborn', why: `${above}:${name} is not a path` };
  try {
    const types = withExtended(deps.store, resolveType(deps.store, reference, above));
    const { annotations = {} } = workspace.metadata;
    return { cluster: clusterNameOf(uid), path, annotations, owner: { cluster: parent, name, uid }, shard, types };
  } catch (error) {
    if (error instanceof TypeRefusal) return { kind: 'unborn', why: error.message };
    throw error;
  }
}

/** All writes that make a logical cluster, for one commit: its LogicalCluster comes first. */
export async function prepareBirth(deps: BirthDeps, birth: Birth): Promise<readonly PreparedWrite[]> {
  const sown = deps.seeds.map((seed) => seed(birth));
  const initialized = new Set(sown.flatMap((each) => each.initialized ?? []));
  const own = logicalClusterSeed(birth, { initialized, now: deps.now() });
  const prepared: PreparedWrite[] = [];
  for (const seed of [own, ...sown.flatMap(({ objects }) => objects)])
    prepared.push(await prepareSeed(deps, birth.cluster, seed));
  return meetOwnConditions(prepared);
}

function prepareSeed(
  { writer }: BirthDeps,
  cluster: LogicalCluster,
  { resource, object, status }: SeedObject,
): Promise<PreparedWrite> {
  const { namespace = '' } = (object as Pick<KubeObject, 'metadata'>).metadata;
  return writer.prepareCreate({ cluster, resource, namespace }, object, status);
}

/** What one of the writes makes need not have been there before. */
function meetOwnConditions(prepared: readonly PreparedWrite[]): readonly PreparedWrite[] {
  const made = new Set(prepared.map(({ write }) => storageKey(write.bucket, write.key)));
  return prepared.map((each) => ({
    ...each,
    conditions: each.conditions.filter(({ bucket, key }) => !made.has(storageKey(bucket, key))),
  }));
}
