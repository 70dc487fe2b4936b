import type { Role } from '../../rbac/objects.ts';
import { on, READ, WRITE } from './rule-notation.ts';

const to = (role: string): Readonly<Record<string, string>> => ({
  [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true',
});
const from = (role: string) => [{ matchLabels: to(role), matchExpressions: [] }];

/** admin, edit and view, and the parts that they are made of (Kubernetes' bootstrap policy, user-facing roles). */
export const userRoles: readonly Role[] = [
  { name: 'admin', labels: {}, rules: [], aggregation: from('admin') },
  { name: 'edit', labels: to('admin'), rules: [], aggregation: from('edit') },
  { name: 'view', labels: to('edit'), rules: [], aggregation: from('view') },
  {
    name: 'system:aggregate-to-admin',
    labels: to('admin'),
    rules: [
      on('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      on(`${READ} ${WRITE}`, 'rbac.authorization.k8s.io', 'roles rolebindings'),
    ],
  },
  {
    name: 'system:aggregate-to-edit',
    labels: to('edit'),
    rules: [
      on(READ, '', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
      on('impersonate', '', 'serviceaccounts'),
      on(WRITE, '', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
      on('create', '', 'pods/eviction'),
      on(
        WRITE,
        '',
        'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy persistentvolumeclaims configmaps secrets events',
      ),
      on('create', '', 'serviceaccounts/token'),
      on(
        WRITE,
        'apps',
        'statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback replicasets replicasets/scale',
      ),
      on(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
      on(WRITE, 'batch', 'jobs cronjobs'),
      on(
        WRITE,
        'extensions',
        'daemonsets deployments deployments/scale deployments/rollback ingresses replicasets replicasets/scale replicationcontrollers/scale networkpolicies',
      ),
      on(WRITE, 'policy', 'poddisruptionbudgets'),
      on(WRITE, 'networking.k8s.io', 'networkpolicies ingresses'),
      on(`${READ} ${WRITE}`, 'coordination.k8s.io', 'leases'),
      on(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
    ],
  },
  {
    name: 'system:aggregate-to-view',
    labels: to('view'),
    rules: [
      on(
        READ,
        '',
        'pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps',
      ),
      on(
        READ,
        '',
        'limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status replicationcontrollers/status pods/log',
      ),
      on(READ, '', 'namespaces'),
      on(READ, 'discovery.k8s.io', 'endpointslices'),
      on(
        READ,
        'apps',
        'controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets daemonsets/status deployments deployments/status deployments/scale replicasets replicasets/status replicasets/scale',
      ),
      on(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      on(READ, 'batch', 'jobs cronjobs cronjobs/status jobs/status'),
      on(
        READ,
        'extensions',
        'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies',
      ),
      on(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      on(READ, 'networking.k8s.io', 'networkpolicies ingresses ingresses/status'),
      on(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
    ],
  },
];
