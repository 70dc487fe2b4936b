import { atomicStruct, list, struct } from '../table.ts';
import { LabelSelector, ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.rbac.v1';

const PolicyRule = struct(`${V1}.PolicyRule`, 'Verbs on resources or on URL paths.', () => ({
  verbs: [1, list('string'), 'required', 'Verbs; * is all.'],
  apiGroups: [2, list('string'), 'filled', 'API groups; the core group is the empty text, * is all.'],
  resources: [3, list('string'), 'filled', 'Resources; * is all, pods/log a sub-resource.'],
  resourceNames: [4, list('string'), 'filled', 'Names; none means all.'],
  nonResourceURLs: [5, list('string'), 'filled', 'URL paths; * is allowed as the last step. For cluster roles only.'],
}));

const Subject = atomicStruct(`${V1}.Subject`, 'Who gets a role.', () => ({
  kind: [1, 'string', 'required', 'User, Group or ServiceAccount.'],
  apiGroup: [2, 'string', 'filled', 'API group of the kind; empty for service accounts.'],
  name: [3, 'string', 'required', 'Name.'],
  namespace: [4, 'string', 'filled', 'Namespace of a service account.'],
}));

const RoleRef = atomicStruct(`${V1}.RoleRef`, 'Which role is given.', () => ({
  apiGroup: [1, 'string', 'always', 'API group of the role.'],
  kind: [2, 'string', 'required', 'Role or ClusterRole.'],
  name: [3, 'string', 'required', 'Name of the role.'],
}));

/** rbac.authorization.k8s.io/v1 Role. */
export const Role = struct(`${V1}.Role`, 'Rights in one namespace.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  rules: [2, list(PolicyRule), 'always', 'What it allows.'],
}));

/** rbac.authorization.k8s.io/v1 RoleBinding. */
export const RoleBinding = struct(`${V1}.RoleBinding`, 'Gives a role to subjects, in one namespace.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  subjects: [2, list(Subject), 'filled', 'Who gets it.'],
  roleRef: [3, RoleRef, 'required', 'Which role. Cannot be changed.'],
}));

const AggregationRule = struct(`${V1}.AggregationRule`, 'Which roles make up this one.', () => ({
  clusterRoleSelectors: [1, list(LabelSelector), 'filled', 'Cluster roles that any of these select give their rules.'],
}));

/** rbac.authorization.k8s.io/v1 ClusterRole. */
export const ClusterRole = struct(
  `${V1}.ClusterRole`,
  'Rights in the whole cluster, or in namespaces that bind it.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    rules: [2, list(PolicyRule), 'always', 'What it allows.'],
    aggregationRule: [
      3,
      AggregationRule,
      'pointer',
      'Which roles make it up; its rules are then written by the server.',
    ],
  }),
);

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding. */
export const ClusterRoleBinding = struct(
  `${V1}.ClusterRoleBinding`,
  'Gives a cluster role to subjects, in the whole cluster.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    subjects: [2, list(Subject), 'filled', 'Who gets it.'],
    roleRef: [3, RoleRef, 'required', 'Which role. Cannot be changed.'],
  }),
);
