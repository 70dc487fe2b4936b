import { managed, NONE, WHEN } from './managed.ts';

const applied = 'kubectl.kubernetes.io/last-applied-configuration';

const meta = (managedFields: readonly object[], more: object = {}): object => ({
  resourceVersion: '',
  name: '',
  namespace: 'default',
  uid: NONE,
  generation: 1,
  creationTimestamp: WHEN,
  labels: { app: '', 'app.kubernetes.io/name': '', 'app.kubernetes.io/instance': '' },
  annotations: { [applied]: '{"apiVersion":"apps/v1","kind":"Deployment","metadata":', 'kcp.io/cluster': '' },
  ...more,
  managedFields,
});

const deployment = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: meta([
    managed(
      'apps/v1',
      {
        'f:metadata': {
          'f:annotations': { '.': {}, [`f:${applied}`]: {} },
          'f:labels': { '.': {}, 'f:app': {}, 'f:app.kubernetes.io/name': {} },
        },
        'f:spec': {
          'f:progressDeadlineSeconds': {},
          'f:replicas': {},
          'f:revisionHistoryLimit': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
          'f:template': {
            'f:spec': {
              'f:containers': {
                'k:{"name":""}': {
                  '.': {},
                  'f:image': {},
                  'f:imagePullPolicy': {},
                  'f:name': {},
                  'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                  'f:resources': {},
                  'f:terminationMessagePath': {},
                  'f:terminationMessagePolicy': {},
                },
              },
            },
          },
        },
      },
      'kubectl-client-side-apply',
    ),
  ]),
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: '' } },
    template: {
      metadata: { labels: { app: '' } },
      spec: {
        containers: [
          {
            name: '',
            image: '',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            resources: { limits: { cpu: '100m', memory: '128Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'IfNotPresent',
          },
        ],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
      },
    },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  },
  status: {},
};

const secret = {
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: meta([managed('v1', { 'f:data': { '.': {} }, 'f:type': {} }, 'kubectl-create')]),
  data: {},
  type: 'Opaque',
};

const roleBinding = {
  kind: 'RoleBinding',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: meta([managed('rbac.authorization.k8s.io/v1', { 'f:roleRef': {}, 'f:subjects': {} }, 'kubectl-create')]),
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: '' }],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
};

/** Kinds that many tenants have objects of. */
export const usualObjects: readonly object[] = [deployment, secret, roleBinding];
