import type { KubeObject } from '@kcp/api-machinery';
import { LOGICAL_CLUSTER_NAME } from './core.ts';
import { BATTERY, CREATE_ONLY } from './root-content-annotations.ts';
import {
  ROOT_BINDINGS,
  rootApiBinding,
  rootApiExports,
  rootApiResourceSchemas,
  SHARD_BINDINGS,
} from './root-content-apis.ts';
import { homeCreators, metricsViewer, rootClusterRoleBindings, rootClusterRoles } from './root-content-roles.ts';
import { rootWorkspaceTypes } from './root-content-workspace-types.ts';

// What logical clusters contain when they begin. Lists are in an order in which they can be made: what is referred to comes
// first, but for bindings, which may wait for their exports.

/** What root is made with. */
export interface RootContentOptions {
  /** What is wanted beside what is needed: `workspace-types`, `metrics-viewer`. */
  readonly batteries: ReadonlySet<string>;
  /** Groups whose members may have a home workspace made. */
  readonly homeCreatorGroups: readonly string[];
}

function logicalClusterWith(annotations?: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'core.kcp.io/v1alpha1',
    kind: 'LogicalCluster',
    metadata: { name: LOGICAL_CLUSTER_NAME, ...(annotations !== undefined && { annotations }) },
    spec: {},
  };
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations: { [CREATE_ONLY]: 'true' } } };
}

/** The logical cluster `root` itself. Someone must own it, as initializers work for the owner. */
export const rootLogicalCluster: KubeObject = logicalClusterWith({
  'internal.tenancy.kcp.io/type': 'root:root',
  'experimental.tenancy.kcp.io/owner': '{"username":"system:kcp-bootstrapper"}',
});

/** What makes our own kinds available: root as a logical cluster, schemas and exports of our kinds, and bindings to them. */
export function rootApis(): readonly KubeObject[] {
  return [
    rootLogicalCluster,
    ...rootApiResourceSchemas(),
    ...rootApiExports(),
    ...ROOT_BINDINGS.map((name) => rootApiBinding(name)),
  ];
}

/** What else root contains, once our own kinds are there: types of workspaces, a namespace, and who may do what. */
export function rootContent({ batteries, homeCreatorGroups }: RootContentOptions): readonly KubeObject[] {
  const all = [
    ...rootWorkspaceTypes(batteries),
    namespace('default'),
    ...rootClusterRoles,
    ...rootClusterRoleBindings,
    homeCreators(homeCreatorGroups),
    ...metricsViewer,
  ];
  return all.filter((object) => isIncluded(object, batteries));
}

function isIncluded({ metadata }: KubeObject, batteries: ReadonlySet<string>): boolean {
  const wanted = metadata.annotations?.[BATTERY];
  return wanted === undefined || wanted.split(',').some((battery) => batteries.has(battery));
}

/** What the initializer of the type `universal` puts into workspaces. */
export const universalContent: readonly KubeObject[] = [namespace('default'), namespace('kube-system')];

/** What a shard's own logical cluster `system:shard` contains. */
export const shardContent: readonly KubeObject[] = [
  logicalClusterWith(),
  namespace('default'),
  ...SHARD_BINDINGS.map((name) => rootApiBinding(name)),
];

const IDENTITIES_NAMESPACE = 'kcp-system';

/** The namespace of root in which secrets with identities of exports are, where they are given at start. */
export const identitiesNamespace: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: IDENTITIES_NAMESPACE, annotations: { [CREATE_ONLY]: 'true', 'kcp.io/cluster': 'root' } },
};

/** The secret by which an export of root has an identity that was chosen beforehand, and not one of chance. */
export function identitySecret(exportName: string, key: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: exportName, namespace: IDENTITIES_NAMESPACE, annotations: { [CREATE_ONLY]: 'true' } },
    stringData: { key },
  };
}
