import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type KubeObject } from '@kcp/api-machinery';
import { clusterCachedResource, clusterCachedResourceEndpointSlice, cachedObject } from './cache.ts';
import { logicalCluster, shard } from './core.ts';
import type { KindDefinition } from './kind-definition.ts';
import { logicalClusterDump, logicalClusterMigration } from './migration.ts';
import { partition, partitionSet } from './topology.ts';
import { workspaceAuthenticationConfiguration } from './workspace-authentication.ts';
import { workspaceType } from './workspace-types.ts';
import { workspace } from './workspaces.ts';

/** What schemas' names begin with; a change of content shows in the hash after it. */
const SCHEMA_PREFIX = 'v261123';

/** The kinds that root has schemas of, in the order in which they are made. */
const SCHEMAS: readonly KindDefinition[] = [
  cachedObject,
  clusterCachedResourceEndpointSlice,
  clusterCachedResource,
  logicalClusterDump,
  logicalClusterMigration,
  logicalCluster,
  partition,
  partitionSet,
  shard,
  workspaceAuthenticationConfiguration,
  workspace,
  workspaceType,
];

/** The kinds that are there for who binds to an export of root. */
const EXPORTS: Readonly<Record<string, readonly KindDefinition[]>> = {
  'cache.kcp.io': [clusterCachedResourceEndpointSlice, clusterCachedResource],
  'migration.kcp.io': [logicalClusterDump, logicalClusterMigration],
  'shards.core.kcp.io': [shard],
  'tenancy.kcp.io': [workspaceAuthenticationConfiguration, workspace, workspaceType],
  'topology.kcp.io': [partition, partitionSet],
};

/** The exports that bound their consumers by roles of root. */
const BOUNDED = new Set(['tenancy.kcp.io']);

/** A kind as an APIResourceSchema. Equal kinds have equal names: the name has a hash of what is in it. */
export function apiResourceSchemaOf(definition: KindDefinition): KubeObject {
  const { group, names, scope, conversion } = definition;
  const versions = definition.versions.map(({ schema, ...version }) => ({
    subresources: {},
    ...version,
    schema: schema.openAPIV3Schema,
  }));
  const spec = { group, names, scope, versions, ...(conversion !== undefined && { conversion }) };
  return {
    apiVersion: 'apis.kcp.io/v1alpha1',
    kind: 'APIResourceSchema',
    metadata: { name: `${SCHEMA_PREFIX}-${contentHash(spec)}.${names.plural}.${group}` },
    spec,
  };
}

function contentHash(content: Json): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 8);
}

/** The APIResourceSchemas of root. */
export function rootApiResourceSchemas(): readonly KubeObject[] {
  return SCHEMAS.map(apiResourceSchemaOf);
}

/** The APIExports of root, by whose bindings workspaces get our own kinds. */
export function rootApiExports(): readonly KubeObject[] {
  return Object.entries(EXPORTS).map(([name, definitions]) => ({
    apiVersion: 'apis.kcp.io/v1alpha2',
    kind: 'APIExport',
    metadata: { name },
    spec: {
      ...(BOUNDED.has(name) && { maximalPermissionPolicy: { local: {} } }),
      resources: definitions.map((definition) => ({
        group: definition.group,
        name: definition.names.plural,
        schema: apiResourceSchemaOf(definition).metadata.name,
        storage: { crd: {} },
      })),
    },
  }));
}

/** The exports that root itself is bound to. */
export const ROOT_BINDINGS: readonly string[] = ['shards.core.kcp.io', 'tenancy.kcp.io', 'topology.kcp.io'];

/** The exports that every shard's own logical cluster `system:shard` is bound to. */
export const SHARD_BINDINGS: readonly string[] = [...ROOT_BINDINGS, 'cache.kcp.io', 'migration.kcp.io'];

/** A binding to an export of root, named after it. */
export function rootApiBinding(exportName: string): KubeObject {
  return {
    apiVersion: 'apis.kcp.io/v1alpha2',
    kind: 'APIBinding',
    metadata: { name: exportName },
    spec: { reference: { export: { path: 'root', name: exportName } } },
  };
}
