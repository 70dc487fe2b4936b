/** The only name that a LogicalCluster has. */
export const CLUSTER_OBJECT = 'cluster';

/** The canonical path of a logical cluster; on objects of some kinds that of the one they are in. */
export const PATH_ANNOTATION = 'kcp.io/path';
/** Path and name of the type of a logical cluster. */
export const TYPE_ANNOTATION = 'internal.tenancy.kcp.io/type';
/** The shard that a logical cluster is on. */
export const SHARD_ANNOTATION = 'core.kcp.io/shard';
/** The older form of it: a hash of the shard's name. */
export const SHARD_HASH_ANNOTATION = 'internal.tenancy.kcp.io/shard';
/** On a Workspace: the logical cluster that was made for it. */
export const CLUSTER_ANNOTATION = 'internal.tenancy.kcp.io/cluster';
/** Who asked for a workspace, as a UserInfo in JSON; once the workspace is ready only the name is left. */
export const OWNER_ANNOTATION = 'experimental.tenancy.kcp.io/owner';
/** Takes a shard out of the choice for new workspaces. */
export const UNSCHEDULABLE_ANNOTATION = 'experimental.core.kcp.io/unschedulable';
/** `true` closes a logical cluster to its users; the second is the older spelling. */
export const INACTIVE_ANNOTATIONS = ['core.kcp.io/inactive', 'internal.kcp.io/inactive'] as const;

/** How many objects a logical cluster may have; 0: as many as it likes. */
export const MAX_TOTAL_OBJECTS_ANNOTATION = 'core.kcp.io/max-total-objects';

/** The phase once more, for selectors. */
export const PHASE_LABEL = 'tenancy.kcp.io/phase';
/** Labels of initializers that a logical cluster waits for: the prefix and part of a hash; the value is the hash. */
export const INITIALIZER_LABEL_PREFIX = 'initializer.internal.kcp.io/';
/** The same of terminators. */
export const TERMINATOR_LABEL_PREFIX = 'terminator.internal.kcp.io/';

/** Holds a Workspace until its logical cluster is gone. */
export const WORKSPACE_FINALIZER = 'core.kcp.io/logicalcluster';
/** Holds a LogicalCluster until everything in it is gone. */
export const LOGICAL_CLUSTER_FINALIZER = 'core.kcp.io/logicalcluster-deletion';

/** The initializer that waits for a type's default bindings. */
export const BINDINGS_INITIALIZER = 'system:apibindings';

/** Created once and then left to its owner. */
export const CREATE_ONLY = { 'bootstrap.kcp.io/create-only': 'true' } as const;
