/** The API group of roles and bindings. */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** What a role allows (rbac.authorization.k8s.io/v1 PolicyRule). Absent lists are empty ones. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** To whom a binding gives a role. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  /** Of a ServiceAccount; absent in a RoleBinding it is the binding's own. */
  readonly namespace?: string;
}

/** Which role a binding gives. */
export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

/** A RoleBinding or, without a namespace, a ClusterRoleBinding. */
export interface Binding {
  readonly name: string;
  readonly namespace?: string;
  readonly subjects: readonly Subject[];
  readonly roleRef: RoleRef;
}

/** One requirement of a label selector; an operator that nobody knows matches nothing. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** metav1.LabelSelector; all of it must match. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** A Role or a ClusterRole. */
export interface Role {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly PolicyRule[];
  /** Of a ClusterRole whose rules are those of others. */
  readonly aggregation?: readonly LabelSelector[];
}
