import type { ObjectMeta } from '@kcp/api-machinery';
import { defineKind } from '@kcp/client';

type Meta = { readonly metadata: Readonly<ObjectMeta> };

/** Names a workspace's type: a WorkspaceType, and the workspace that it is in. */
export interface WorkspaceTypeReference {
  readonly name: string;
  readonly path?: string;
}

/** A workspace, as far as commands look at it. */
export interface Workspace extends Meta {
  readonly spec?: {
    readonly type?: WorkspaceTypeReference;
    readonly location?: { readonly selector?: LabelSelectorObject };
    readonly URL?: string;
    readonly mount?: object;
  };
  readonly status?: {
    readonly phase?: string;
    readonly initializers?: readonly string[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** A label selector as an API object has it. */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** What a workspace is inside: there is one, named `cluster`, in each. */
export interface LogicalClusterObject extends Meta {
  readonly status?: { readonly phase?: string };
}

/** What a provider of an API wants to do with other objects of who binds it. */
export interface PermissionClaim {
  readonly group?: string;
  readonly resource: string;
  readonly identityHash?: string;
  readonly verbs?: readonly string[];
}

/** An API that is bound, as far as its claims go. */
export interface APIBinding extends Meta {
  readonly spec?: { readonly permissionClaims?: readonly (PermissionClaim & { readonly state?: string })[] };
  readonly status?: { readonly exportPermissionClaims?: readonly PermissionClaim[] };
}

/** The kinds that commands ask for. */
export const kcpKinds = {
  Workspace: defineKind<Workspace>({
    group: 'tenancy.kcp.io',
    version: 'v1alpha1',
    resource: 'workspaces',
    kind: 'Workspace',
    namespaced: false,
  }),
  LogicalCluster: defineKind<LogicalClusterObject>({
    group: 'core.kcp.io',
    version: 'v1alpha1',
    resource: 'logicalclusters',
    kind: 'LogicalCluster',
    namespaced: false,
  }),
  APIBinding: defineKind<APIBinding>({
    group: 'apis.kcp.io',
    version: 'v1alpha2',
    resource: 'apibindings',
    kind: 'APIBinding',
    namespaced: false,
  }),
} as const;
