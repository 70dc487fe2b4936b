import { apiBinding } from './api-bindings.ts';
import { apiConversion } from './api-conversions.ts';
import { apiExport, apiExportEndpointSlice } from './api-exports.ts';
import { apiResourceSchema } from './api-resource-schemas.ts';
import { cachedObject, clusterCachedResource, clusterCachedResourceEndpointSlice } from './cache.ts';
import { logicalCluster, shard } from './core.ts';
import type { KindDefinition } from './kind-definition.ts';
import { logicalClusterDump, logicalClusterMigration } from './migration.ts';
import { partition, partitionSet } from './topology.ts';
import { workspaceAuthenticationConfiguration } from './workspace-authentication.ts';
import { workspaceType } from './workspace-types.ts';
import { workspace } from './workspaces.ts';

/** All kinds of the groups `*.kcp.io`, each in the shape of a CustomResourceDefinition's `spec`. */
export const kcpDefinitions: readonly KindDefinition[] = [
  logicalCluster,
  shard,
  workspace,
  workspaceType,
  workspaceAuthenticationConfiguration,
  partition,
  partitionSet,
  apiResourceSchema,
  apiExport,
  apiBinding,
  apiExportEndpointSlice,
  apiConversion,
  clusterCachedResource,
  clusterCachedResourceEndpointSlice,
  cachedObject,
  logicalClusterDump,
  logicalClusterMigration,
];

/** The kinds that are served in every logical cluster; the others are where somebody binds to their export. */
export const kcpSystemDefinitions: readonly KindDefinition[] = [
  apiExport,
  apiBinding,
  apiResourceSchema,
  apiExportEndpointSlice,
  logicalCluster,
  apiConversion,
  clusterCachedResource,
  clusterCachedResourceEndpointSlice,
];

const byName = new Map(kcpDefinitions.map((definition) => [kcpDefinitionName(definition), definition]));

/** The name that a CustomResourceDefinition of this kind has: `workspaces.tenancy.kcp.io`. */
export function kcpDefinitionName({ group, names }: KindDefinition): string {
  return `${names.plural}.${group}`;
}

/** The kind that is served under a group and a plural name; undefined where it is none of ours. */
export function kcpDefinition(group: string, plural: string): KindDefinition | undefined {
  return byName.get(`${plural}.${group}`);
}
