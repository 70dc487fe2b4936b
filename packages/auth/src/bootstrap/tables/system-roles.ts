import type { Binding, PolicyRule, Role } from '../../rbac/objects.ts';
import { AUTHENTICATED, MASTERS, UNAUTHENTICATED } from '../../well-known.ts';
import { on, paths } from './rule-notation.ts';

const role = (name: string, ...rules: readonly PolicyRule[]): Role => ({ name, labels: {}, rules });
const approver = (signer: string): PolicyRule => ({
  ...on('approve', 'certificates.k8s.io', 'signers'),
  resourceNames: [signer],
});

/** The roles of Kubernetes' bootstrap policy that mean something to a server without nodes. */
export const systemRoles: readonly Role[] = [
  role('cluster-admin', on('*', '*', '*'), paths('*', '*')),
  role(
    'system:discovery',
    paths('get', '/livez /readyz /healthz /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*'),
  ),
  role(
    'system:monitoring',
    paths('get', '/metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/* /flagz /statusz'),
  ),
  role(
    'system:basic-user',
    on('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    on('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ),
  role('system:public-info-viewer', paths('get', '/livez /readyz /healthz /version /version/')),
  role(
    'system:auth-delegator',
    on('create', 'authentication.k8s.io', 'tokenreviews'),
    on('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  ),
  role('system:service-account-issuer-discovery', paths('get', '/.well-known/openid-configuration /openid/v1/jwks')),
  role('system:certificates.k8s.io:legacy-unknown-approver', approver('kubernetes.io/legacy-unknown')),
  role('system:certificates.k8s.io:kubelet-serving-approver', approver('kubernetes.io/kubelet-serving')),
  role('system:certificates.k8s.io:kube-apiserver-client-approver', approver('kubernetes.io/kube-apiserver-client')),
  role(
    'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver',
    approver('kubernetes.io/kube-apiserver-client-kubelet'),
  ),
];

const toGroups = (name: string, ...groups: readonly string[]): Binding => ({
  name,
  subjects: groups.map((group) => ({ kind: 'Group', name: group })),
  roleRef: { kind: 'ClusterRole', name },
});

/** To whom Kubernetes gives them. */
export const systemBindings: readonly Binding[] = [
  toGroups('cluster-admin', MASTERS),
  toGroups('system:monitoring', 'system:monitoring'),
  toGroups('system:discovery', AUTHENTICATED),
  toGroups('system:basic-user', AUTHENTICATED),
  toGroups('system:public-info-viewer', AUTHENTICATED, UNAUTHENTICATED),
  toGroups('system:service-account-issuer-discovery', 'system:serviceaccounts'),
];
