import { objectAt, textAt, textsAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { ownerNameText } from '../admission/owner.ts';
import { base36Sha224 } from '../cluster/cluster-name.ts';
import { phaseOf } from '../cluster/logical-cluster.ts';
import { waiting } from '../cluster/settle.ts';
import type { Shard } from '../cluster/shard.ts';
import { claimOf, conditionOf, withCondition } from '../conditions.ts';
import {
  CLUSTER_ANNOTATION,
  OWNER_ANNOTATION,
  PHASE_LABEL,
  SHARD_ANNOTATION,
  SHARD_HASH_ANNOTATION,
  WORKSPACE_FINALIZER,
} from '../well-known.ts';

/** What a Workspace tells of its logical cluster. */
export interface Housed {
  readonly cluster: string;
  readonly logicalCluster: KubeObject;
  /** Where the shard is; undefined where the shard is gone: what is said stays. */
  readonly shard: Shard | undefined;
  /** The path of the Workspace. */
  readonly path: string;
  readonly now: string;
}

/** A Workspace whose logical cluster is there, as it should be. The same object where it is so already. */
export function describeWorkspace(workspace: KubeObject, housed: Housed): KubeObject {
  const status = statusOf(workspace, housed);
  const placed = withPlace(workspace, housed);
  const marked = withMarks(placed, textAt(status, 'phase'), housed.shard);
  return status === objectAt(workspace, 'status') ? marked : { ...marked, status };
}

/** A Workspace without a logical cluster, and why. */
export function describeUnborn(workspace: KubeObject, why: string, now: string): KubeObject {
  const claim = { type: 'WorkspaceScheduled', status: 'False', severity: 'Error', reason: 'Unschedulable' } as const;
  const before = objectAt(workspace, 'status');
  const status = withCondition({ ...before, phase: 'Scheduling' }, { ...claim, message: why }, now);
  const marked = withMarks(workspace, 'Scheduling', undefined);
  const { finalizers = [] } = workspace.metadata;
  const unchanged = conditionOf(before, claim.type)?.['message'] === why && textAt(before, 'phase') === 'Scheduling';
  if (finalizers.length > 0 || unchanged) return marked;
  return { ...marked, status };
}

/** The last one: there are few shards, and most workspaces are on the same. */
let hashed = { name: '', hash: '' };

function shardHash(name: string): string {
  if (hashed.name !== name) hashed = { name, hash: base36Sha224(name).slice(0, 8) };
  return hashed.hash;
}

function withPlace(workspace: KubeObject, { cluster, shard, path }: Housed): KubeObject {
  const { annotations = {}, finalizers = [], deletionTimestamp } = workspace.metadata;
  const spec = objectAt(workspace, 'spec');
  const URL = shard ? `${shard.externalUrl}/clusters/${path}` : textAt(spec, 'URL');
  const placed = {
    ...annotations,
    [CLUSTER_ANNOTATION]: cluster,
    ...(shard && { [SHARD_ANNOTATION]: shard.name, [SHARD_HASH_ANNOTATION]: shardHash(shard.name) }),
  };
  const isHeld = deletionTimestamp !== undefined || finalizers.includes(WORKSPACE_FINALIZER);
  const isSame =
    isHeld &&
    textAt(spec, 'cluster') === cluster &&
    textAt(spec, 'URL') === URL &&
    Object.entries(placed).every(([key, value]) => annotations[key] === value);
  if (isSame) return workspace;
  return {
    ...workspace,
    metadata: {
      ...workspace.metadata,
      annotations: placed,
      ...(!isHeld && { finalizers: [...finalizers, WORKSPACE_FINALIZER] }),
    },
    spec: { ...spec, cluster, URL },
  };
}

function withMarks(workspace: KubeObject, phase: string, shard: Shard | undefined): KubeObject {
  const { labels = {}, annotations = {} } = workspace.metadata;
  const owner = phase === 'Ready' ? ownerNameText(annotations[OWNER_ANNOTATION]) : undefined;
  const region = shard ? shard.region : labels['region'];
  const isSame = labels[PHASE_LABEL] === phase && (owner === undefined || owner === annotations[OWNER_ANNOTATION]);
  if (isSame && labels['region'] === region) return workspace;
  const { region: _, ...others } = labels;
  const metadata = {
    ...workspace.metadata,
    labels: { ...others, ...(region !== undefined && { region }), [PHASE_LABEL]: phase },
    ...(owner !== undefined && { annotations: { ...annotations, [OWNER_ANNOTATION]: owner } }),
  };
  return { ...workspace, metadata };
}

function statusOf(workspace: KubeObject, { logicalCluster, now }: Housed): JsonObject {
  const before = objectAt(workspace, 'status');
  const there = objectAt(logicalCluster, 'status');
  const scheduled = withCondition(before, { type: 'WorkspaceScheduled', status: 'True' }, now);
  const mirrored = mirror(scheduled, there);
  if (workspace.metadata.deletionTimestamp !== undefined) return ending(mirrored, there);
  const phase = phaseOf(logicalCluster);
  const left = textsAt(there, 'initializers');
  if (phase === 'Scheduling' || phase === 'Initializing' || phase === '') {
    const waits = left.length > 0 ? withCondition(mirrored, waiting(left), now) : mirrored;
    return withPhase(waits, 'Initializing');
  }
  const done = withCondition(mirrored, { type: 'WorkspaceInitialized', status: 'True' }, now);
  return withPhase(done, 'Ready');
}

/** Takes over what is still to be done before and after its life. */
function mirror(status: JsonObject, there: JsonObject): JsonObject {
  let mirrored = status;
  for (const field of ['initializers', 'terminators'] as const) {
    const [had, has] = [textsAt(mirrored, field), textsAt(there, field)];
    if (had.length === has.length && had.every((name, at) => name === has[at])) continue;
    const { [field]: _, ...rest } = mirrored;
    mirrored = has.length === 0 ? rest : { ...rest, [field]: has };
  }
  return mirrored;
}

function ending(status: JsonObject, there: JsonObject): JsonObject {
  const phase = textsAt(there, 'terminators').length > 0 ? 'Terminating' : 'Deleting';
  const content = conditionOf(there, 'WorkspaceContentDeleted');
  const phased = withPhase(status, phase);
  if (content === undefined) return phased;
  return withCondition(phased, claimOf(content), textAt(content, 'lastTransitionTime'));
}

function withPhase(status: JsonObject, phase: string): JsonObject {
  return textAt(status, 'phase') === phase ? status : { ...status, phase };
}
