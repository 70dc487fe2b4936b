import { managed, NONE, WHEN } from './managed.ts';

/** The last stretch of a kind's row in a new workspace: what all of them begin with. In the order in which rows are written. */
const tenancy = 'tenancy.kcp.io/v1alpha1';
const core = 'core.kcp.io/v1alpha1';
const apis = 'apis.kcp.io/v1alpha2';
const life = { uid: NONE, creationTimestamp: WHEN };

const set = (...names: readonly string[]): object =>
  Object.fromEntries([['.', {}], ...names.map((name) => [name, {}])]);

const isTrue = (type: string): object => ({ type, status: 'True', lastTransitionTime: WHEN });

const serviceAccount = {
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  metadata: {
    resourceVersion: '',
    name: 'default',
    namespace: 'kube-system',
    ...life,
    annotations: { 'kcp.io/cluster': '' },
  },
};

const namespace = (name: string): object => ({
  kind: 'Namespace',
  apiVersion: 'v1',
  metadata: {
    resourceVersion: '',
    name,
    annotations: { 'bootstrap.kcp.io/create-only': 'true', 'kcp.io/cluster': '' },
    managedFields: [
      managed('v1', { 'f:metadata': { 'f:annotations': { '.': {}, 'f:bootstrap.kcp.io/create-only': {} } } }),
    ],
    ...life,
    labels: { 'kubernetes.io/metadata.name': name },
  },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});

const rootCertificates = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: {
    resourceVersion: '',
    name: 'kube-root-ca.crt',
    namespace: 'default',
    annotations: {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
      'kcp.io/cluster': '',
    },
    managedFields: [
      managed('v1', {
        'f:data': { '.': {}, 'f:ca.crt': {} },
        'f:metadata': { 'f:annotations': { '.': {}, 'f:kubernetes.io/description': {} } },
      }),
    ],
    ...life,
  },
  data: { 'ca.crt': '-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n' },
};

const workspace = {
  kind: 'Workspace',
  apiVersion: tenancy,
  metadata: {
    resourceVersion: '',
    name: '',
    ...life,
    annotations: {
      'kcp.io/cluster': '',
      'experimental.tenancy.kcp.io/owner': '{"username":"","groups":["system:authenticated"]}',
      'internal.tenancy.kcp.io/cluster': '',
      'core.kcp.io/shard': 'root',
      'internal.tenancy.kcp.io/shard': '1pfxsevk',
    },
    finalizers: ['core.kcp.io/logicalcluster'],
    labels: { 'tenancy.kcp.io/phase': 'Ready' },
    managedFields: [
      managed(tenancy, {
        'f:metadata': {
          'f:annotations': {
            'f:core.kcp.io/shard': {},
            'f:internal.tenancy.kcp.io/cluster': {},
            'f:internal.tenancy.kcp.io/shard': {},
          },
          'f:finalizers': set('v:"core.kcp.io/logicalcluster"'),
          'f:labels': set('f:tenancy.kcp.io/phase'),
        },
        'f:spec': { 'f:URL': {}, 'f:cluster': {} },
      }),
      managed(tenancy, { 'f:spec': { '.': {}, 'f:type': set('f:name', 'f:path') } }, 'kubectl-create-workspace'),
    ],
    generation: 2,
  },
  spec: { type: { name: 'universal', path: 'root' }, cluster: '', URL: 'https://127.0.0.1:6443/clusters/root:' },
  status: { phase: 'Ready', conditions: [isTrue('WorkspaceInitialized'), isTrue('WorkspaceScheduled')] },
};

const logicalCluster = {
  kind: 'LogicalCluster',
  apiVersion: core,
  metadata: {
    resourceVersion: '',
    annotations: {
      'experimental.tenancy.kcp.io/owner': '{"username":"","groups":["system:authenticated"]}',
      'core.kcp.io/shard': 'root',
      'kcp.io/path': 'root:',
      'internal.tenancy.kcp.io/type': 'root:universal',
      'kcp.io/cluster': '',
    },
    finalizers: ['core.kcp.io/logicalcluster-deletion'],
    labels: { 'tenancy.kcp.io/phase': 'Ready' },
    name: 'cluster',
    managedFields: [
      managed(core, {
        'f:metadata': {
          'f:annotations': set('f:core.kcp.io/shard', 'f:internal.tenancy.kcp.io/type', 'f:kcp.io/path'),
          'f:finalizers': set('v:"core.kcp.io/logicalcluster-deletion"'),
          'f:labels': set('f:tenancy.kcp.io/phase'),
        },
        'f:spec': {
          ...set('f:directlyDeletable', 'f:initializers'),
          'f:owner': set('f:apiVersion', 'f:cluster', 'f:name', 'f:resource', 'f:uid'),
        },
      }),
    ],
    ...life,
    generation: 1,
  },
  spec: {
    directlyDeletable: false,
    owner: { apiVersion: tenancy, resource: 'workspaces', name: '', cluster: '', uid: NONE },
    initializers: ['root:universal', 'system:apibindings'],
  },
  status: {
    phase: 'Ready',
    conditions: [isTrue('WorkspaceInitialized')],
    URL: 'https://127.0.0.1:6443/clusters/',
  },
};

const bound = (group: string, resource: string): object => ({
  group,
  resource,
  schema: {
    name: `v260101-00000000.${resource}.${group}`,
    UID: NONE,
    identityHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  },
  storageVersions: ['v1alpha1'],
});

/** A binding of an export of the server's own; `label`: what exports of that name in `root` are found by. */
const binding = (group: string, label: string, resources: readonly string[]): object => ({
  kind: 'APIBinding',
  apiVersion: apis,
  metadata: {
    resourceVersion: '',
    annotations: { 'kcp.io/path': 'root:', 'kcp.io/cluster': '' },
    finalizers: ['apis.kcp.io/apibinding-finalizer'],
    labels: { 'internal.apis.kcp.io/export': label },
    name: `${group}-`,
    managedFields: [
      managed(apis, {
        'f:metadata': {
          'f:annotations': set('f:kcp.io/path'),
          'f:finalizers': set('v:"apis.kcp.io/apibinding-finalizer"'),
          'f:labels': set('f:internal.apis.kcp.io/export'),
        },
        'f:spec': { '.': {}, 'f:reference': { '.': {}, 'f:export': set('f:name', 'f:path') } },
      }),
    ],
    ...life,
    generation: 1,
  },
  spec: { reference: { export: { path: 'root', name: group } } },
  status: {
    phase: 'Bound',
    apiExportClusterName: 'root',
    boundResources: resources.map((resource) => bound(group, resource)),
    conditions: [
      'Ready',
      'APIExportValid',
      'BindingUpToDate',
      'InitialBindingCompleted',
      'PermissionClaimsApplied',
      'PermissionClaimsValid',
    ].map(isTrue),
  },
});

const topology = binding('topology.kcp.io', '4yqomwmep3v2piik0fa9mbdkap2elyikxui7zq59zdc', [
  'partitions',
  'partitionsets',
]);
const workspaces = binding('tenancy.kcp.io', '278twhp4iff60ae1yzvfoe17msmmloni8vpfj0p492q6', [
  'workspaceauthenticationconfigurations',
  'workspaces',
  'workspacetypes',
]);

/** What a new workspace consists of. */
export const bornObjects: readonly object[] = [
  serviceAccount,
  namespace('default'),
  namespace('kube-system'),
  rootCertificates,
  workspace,
  logicalCluster,
  topology,
  workspaces,
];
