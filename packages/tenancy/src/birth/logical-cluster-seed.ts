import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { REQUIRED_GROUPS_ANNOTATION } from '@kcp/auth';
import { createdBy, parseOwner } from '../admission/owner.ts';
import { logicalClusters, workspaces } from '../buckets.ts';
import { settle } from '../cluster/settle.ts';
import { qualified } from '../type/workspace-type.ts';
import {
  CLUSTER_OBJECT,
  LOGICAL_CLUSTER_FINALIZER,
  OWNER_ANNOTATION,
  PATH_ANNOTATION,
  SHARD_ANNOTATION,
  TYPE_ANNOTATION,
} from '../well-known.ts';
import type { Birth, SeedObject, WorkspaceReference } from './birth.ts';
import { lifecycleOf } from './lifecycle.ts';

/** The LogicalCluster of a new logical cluster, as ready as what is done already allows. */
export function logicalClusterSeed(
  birth: Birth,
  { initialized, now }: { readonly initialized: ReadonlySet<string>; readonly now: string },
): SeedObject {
  const { initializers, terminators } = lifecycleOf(birth.types);
  const left = initializers.filter((name) => !initialized.has(name));
  const begun = {
    apiVersion: 'core.kcp.io/v1alpha1',
    kind: 'LogicalCluster',
    metadata: { name: CLUSTER_OBJECT, annotations: annotationsOf(birth), finalizers: [LOGICAL_CLUSTER_FINALIZER] },
    spec: {
      directlyDeletable: false,
      ...(birth.owner && { owner: ownerOf(birth.owner) }),
      ...creator(birth),
      ...(initializers.length > 0 && { initializers }),
      ...(terminators.length > 0 && { terminators }),
    },
    status: {
      phase: 'Initializing',
      ...(left.length > 0 && { initializers: left }),
      ...(terminators.length > 0 && { terminators }),
    },
  };
  const url = `${birth.shard.externalUrl}/clusters/${birth.cluster}`;
  const {
    status,
    apiVersion: _,
    kind: __,
    ...object
  } = settle(begun, { url, now }) as KubeObject & { status: JsonObject };
  return { resource: logicalClusters.resource, object, status };
}

function annotationsOf({ annotations, shard, path, types }: Birth): Record<string, string> {
  const type = types.at(-1);
  const kept = [OWNER_ANNOTATION, REQUIRED_GROUPS_ANNOTATION].flatMap((name) => {
    const value = annotations[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    [SHARD_ANNOTATION]: shard.name,
    [PATH_ANNOTATION]: path,
    ...(type && { [TYPE_ANNOTATION]: qualified(type) }),
  };
}

function ownerOf({ cluster, name, uid }: WorkspaceReference): JsonObject {
  const { group, version, resource } = workspaces.resource;
  return { apiVersion: `${group}/${version}`, resource, name, cluster, uid };
}

function creator({ annotations }: Birth): { readonly createdBy?: JsonObject } {
  const owner = parseOwner(annotations[OWNER_ANNOTATION]);
  return owner === undefined ? {} : { createdBy: createdBy(owner) };
}
