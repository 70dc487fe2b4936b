import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { BATTERY } from './root-content-annotations.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Users with this before their names are those of consumers, as seen by an export's maximal permission policy. */
const CONSUMER = 'apis.kcp.io:binding:';

const AUTHENTICATED = 'system:authenticated';

function clusterRole(name: string, ...rules: readonly JsonObject[]): KubeObject {
  return { apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

/** A rule about resources; several words are several items. */
function allowed(verbs: string, group: string, resources: string, names?: readonly string[]): JsonObject {
  const rule = { apiGroups: [group], resources: resources.split(' '), verbs: verbs.split(' ') };
  return names === undefined ? rule : { ...rule, resourceNames: names };
}

function clusterRoleBinding(name: string, role: string, subjects: readonly JsonObject[]): KubeObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects,
  };
}

function toGroups(...groups: readonly string[]): readonly JsonObject[] {
  return groups.map((name) => ({ apiGroup: GROUP, kind: 'Group', name }));
}

const BIND_TENANCY = 'system:kcp:apiexport:tenancy:bind';
const BIND_TOPOLOGY = 'system:kcp:apiexport:topology:bind';
const TENANCY_POLICY = 'system:kcp:apiexport:tenancy:maximal-permission-policy';
const TOPOLOGY_POLICY = 'system:kcp:apiexport:topology:maximal-permission-policy';
const ADMIN_POLICY = 'system:kcp:apiexport:kcp-admin:maximal-permission-policy';
const USE_TYPES = 'system:kcp:universal-workspacetype-use';
const CREATE_HOME = 'system:kcp:home-clusterworkspace-create';

/** The ClusterRoles of root. */
export const rootClusterRoles: readonly KubeObject[] = [
  clusterRole(ADMIN_POLICY, allowed('*', 'tenancy.kcp.io', '*')),
  clusterRole(BIND_TENANCY, allowed('bind', 'apis.kcp.io', 'apiexports', ['tenancy.kcp.io'])),
  clusterRole(
    TENANCY_POLICY,
    allowed('*', 'tenancy.kcp.io', 'workspaces workspaceauthenticationconfigurations workspacetypes'),
    allowed('list watch get', 'tenancy.kcp.io', 'workspaces/status workspacetypes/status'),
  ),
  clusterRole(BIND_TOPOLOGY, allowed('bind', 'apis.kcp.io', 'apiexports', ['topology.kcp.io'])),
  clusterRole(TOPOLOGY_POLICY, allowed('*', 'topology.kcp.io', 'partitions partitionsets')),
  clusterRole(CREATE_HOME, allowed('get create', 'tenancy.kcp.io', 'workspaces', ['~'])),
  clusterRole(USE_TYPES, allowed('use', 'tenancy.kcp.io', 'workspacetypes', ['universal', 'organization', 'team'])),
];

/** The ClusterRoleBindings of root that nobody decides about. */
export const rootClusterRoleBindings: readonly KubeObject[] = [
  clusterRoleBinding('system:kcp:tenancy:authenticated:access', 'system:kcp:workspace:access', toGroups(AUTHENTICATED)),
  clusterRoleBinding(
    'system:kcp:authenticated:apiexport:kcp-admin:maximal-permission-policy',
    ADMIN_POLICY,
    toGroups(`${CONSUMER}system:kcp:admin`),
  ),
  clusterRoleBinding('system:kcp:authenticated:apiexport:tenancy:bind', BIND_TENANCY, toGroups(AUTHENTICATED)),
  clusterRoleBinding(
    'system:kcp:authenticated:apiexport:tenancy:maximal-permission-policy',
    TENANCY_POLICY,
    toGroups(`${CONSUMER}${AUTHENTICATED}`),
  ),
  clusterRoleBinding('system:kcp:authenticated:tenancy:reader', 'system:kcp:tenancy:reader', toGroups(AUTHENTICATED)),
  clusterRoleBinding('system:kcp:authenticated:apiexport:topology:bind', BIND_TOPOLOGY, toGroups(AUTHENTICATED)),
  clusterRoleBinding(
    'system:kcp:authenticated:apiexport:topology:maximal-permission-policy',
    TOPOLOGY_POLICY,
    toGroups(`${CONSUMER}${AUTHENTICATED}`),
  ),
  clusterRoleBinding('system:kcp:authenticated:universal-workspacetype-use', USE_TYPES, toGroups(AUTHENTICATED)),
];

/** The ClusterRoleBinding of root that says who may have a home workspace made. */
export function homeCreators(groups: readonly string[]): KubeObject {
  return clusterRoleBinding(
    'system:kcp:configured-group:home-clusterworkspace-create',
    CREATE_HOME,
    toGroups(...groups),
  );
}

const METRICS_VIEWER = 'metrics-viewer';
const annotations = { [BATTERY]: METRICS_VIEWER };
const serviceAccount = { name: 'metrics', namespace: 'default' };

/** Whoever may read metrics, where that is wanted: a service account with a token, and a user. */
export const metricsViewer: readonly KubeObject[] = [
  {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: { name: METRICS_VIEWER, annotations },
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...serviceAccount, annotations } },
  {
    ...clusterRoleBinding(METRICS_VIEWER, METRICS_VIEWER, [
      { apiGroup: '', kind: 'ServiceAccount', ...serviceAccount },
      { apiGroup: GROUP, kind: 'User', name: METRICS_VIEWER },
    ]),
    metadata: { name: METRICS_VIEWER, annotations },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: {
      ...serviceAccount,
      annotations: { 'kubernetes.io/service-account.name': serviceAccount.name, ...annotations },
    },
  },
];
