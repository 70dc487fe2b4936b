/** The group that may do everything on this server (k8s.io/apiserver user.SystemPrivilegedGroup). */
export const MASTERS = 'system:masters';
/** Everybody who proved who they are. */
export const AUTHENTICATED = 'system:authenticated';
/** Everybody who did not. */
export const UNAUTHENTICATED = 'system:unauthenticated';
/** The user's name of a request that shows nothing. */
export const ANONYMOUS = 'system:anonymous';
/** The group of all nodes. */
export const NODES = 'system:nodes';

/** Administrators of all workspaces, through the ordinary chain. */
export const KCP_ADMIN = 'system:kcp:admin';
/** Sets up new workspaces. */
export const WORKSPACE_BOOTSTRAPPER = 'system:kcp:tenancy:workspace-bootstrapper';
/** Makes LogicalCluster objects, also where there is none yet. */
export const LOGICAL_CLUSTER_ADMIN = 'system:kcp:logical-cluster-admin';
/** Manages LogicalCluster objects from outside. */
export const EXTERNAL_LOGICAL_CLUSTER_ADMIN = 'system:kcp:external-logical-cluster-admin';
/** The ready-made role that lets into a logical cluster. */
export const WORKSPACE_ACCESS = 'system:kcp:workspace:access';
/** The role that reads /metrics. */
export const METRICS_READER = 'system:kcp:metrics-reader';
/** Groups of requests that a lifecycle controller's virtual workspace let through already. */
export const LIFECYCLE_GROUP_PREFIXES = ['system:kcp:initializer:', 'system:kcp:terminator:'] as const;

/** True for such a group. */
export function isLifecycleGroup(group: string): boolean {
  return LIFECYCLE_GROUP_PREFIXES.some((prefix) => group.startsWith(prefix));
}

/** The group of every identity whose home is the named logical cluster. */
export const CLUSTER_GROUP_PREFIX = 'system:cluster:';

/** What users and groups of consumers are called by the roles that bound them: an export's maximal permission policy. */
export const CONSUMER_PREFIX = 'apis.kcp.io:binding:';
/** Extra: the logical cluster that a service account lives in. */
export const CLUSTER_NAME_EXTRA = 'authentication.kcp.io/cluster-name';
/** Extra: where an identity counts, `cluster:<name>[,cluster:<name>]`; several values intersect. */
export const SCOPES_EXTRA = 'authentication.kcp.io/scopes';
/** Extra: further identities, as JSON, whose rights are added. */
export const WARRANT_EXTRA = 'authorization.kcp.io/warrant';
/** Extra: which credential was shown. */
export const CREDENTIAL_ID_EXTRA = 'authentication.kubernetes.io/credential-id';
/** Extra: the node that a token is bound to. */
export const NODE_NAME_EXTRA = 'authentication.kubernetes.io/node-name';
/** Extra: the same node's uid. */
export const NODE_UID_EXTRA = 'authentication.kubernetes.io/node-uid';
/** Extra: the pod that a token is bound to. */
export const POD_NAME_EXTRA = 'authentication.kubernetes.io/pod-name';
/** Extra: the same pod's uid. */
export const POD_UID_EXTRA = 'authentication.kubernetes.io/pod-uid';
/** Extra that an authorization webhook is told: the logical cluster that the request goes to. */
export const WEBHOOK_CLUSTER_EXTRA = 'authorization.kcp.io/cluster-name';
