import type { KindTable } from './kind-table.ts';
import type { StructType } from './table.ts';
import * as admission from './tables/admissionregistration.ts';
import { CustomResourceDefinition } from './tables/apiextensions.ts';
import * as authentication from './tables/authentication.ts';
import * as authorization from './tables/authorization.ts';
import { CertificateSigningRequest } from './tables/certificates.ts';
import { Lease } from './tables/coordination.ts';
import * as core from './tables/core.ts';
import { EventsEvent } from './tables/events.ts';
import * as rbac from './tables/rbac.ts';

/** Kind, plural, scope, type, short names. */
type Row = readonly [string, string, 'cluster' | 'namespaced', StructType, ...string[]];

function group(name: string, version: string, rows: readonly Row[]): KindTable[] {
  return rows.map(([kind, resource, scope, type, ...shortNames]) => ({
    group: name,
    version,
    kind,
    resource,
    namespaced: scope === 'namespaced',
    shortNames,
    categories: type === CustomResourceDefinition ? ['api-extensions'] : [],
    type,
  }));
}

/** All built-in kinds, groups in the order in which discovery lists them. */
export const kinds: readonly KindTable[] = [
  ...group('', 'v1', [
    ['ConfigMap', 'configmaps', 'namespaced', core.ConfigMap, 'cm'],
    ['Event', 'events', 'namespaced', core.Event, 'ev'],
    ['Namespace', 'namespaces', 'cluster', core.Namespace, 'ns'],
    ['ResourceQuota', 'resourcequotas', 'namespaced', core.ResourceQuota, 'quota'],
    ['Secret', 'secrets', 'namespaced', core.Secret],
    ['ServiceAccount', 'serviceaccounts', 'namespaced', core.ServiceAccount, 'sa'],
  ]),
  ...group('authentication.k8s.io', 'v1', [
    ['SelfSubjectReview', 'selfsubjectreviews', 'cluster', authentication.SelfSubjectReview],
    ['TokenReview', 'tokenreviews', 'cluster', authentication.TokenReview],
  ]),
  ...group('authorization.k8s.io', 'v1', [
    ['LocalSubjectAccessReview', 'localsubjectaccessreviews', 'namespaced', authorization.LocalSubjectAccessReview],
    ['SelfSubjectAccessReview', 'selfsubjectaccessreviews', 'cluster', authorization.SelfSubjectAccessReview],
    ['SelfSubjectRulesReview', 'selfsubjectrulesreviews', 'cluster', authorization.SelfSubjectRulesReview],
    ['SubjectAccessReview', 'subjectaccessreviews', 'cluster', authorization.SubjectAccessReview],
  ]),
  ...group('certificates.k8s.io', 'v1', [
    ['CertificateSigningRequest', 'certificatesigningrequests', 'cluster', CertificateSigningRequest, 'csr'],
  ]),
  ...group('coordination.k8s.io', 'v1', [['Lease', 'leases', 'namespaced', Lease]]),
  ...group('rbac.authorization.k8s.io', 'v1', [
    ['ClusterRoleBinding', 'clusterrolebindings', 'cluster', rbac.ClusterRoleBinding],
    ['ClusterRole', 'clusterroles', 'cluster', rbac.ClusterRole],
    ['RoleBinding', 'rolebindings', 'namespaced', rbac.RoleBinding],
    ['Role', 'roles', 'namespaced', rbac.Role],
  ]),
  ...group('admissionregistration.k8s.io', 'v1', [
    ['MutatingAdmissionPolicy', 'mutatingadmissionpolicies', 'cluster', admission.MutatingAdmissionPolicy],
    [
      'MutatingAdmissionPolicyBinding',
      'mutatingadmissionpolicybindings',
      'cluster',
      admission.MutatingAdmissionPolicyBinding,
    ],
    [
      'MutatingWebhookConfiguration',
      'mutatingwebhookconfigurations',
      'cluster',
      admission.MutatingWebhookConfiguration,
    ],
    ['ValidatingAdmissionPolicy', 'validatingadmissionpolicies', 'cluster', admission.ValidatingAdmissionPolicy],
    [
      'ValidatingAdmissionPolicyBinding',
      'validatingadmissionpolicybindings',
      'cluster',
      admission.ValidatingAdmissionPolicyBinding,
    ],
    [
      'ValidatingWebhookConfiguration',
      'validatingwebhookconfigurations',
      'cluster',
      admission.ValidatingWebhookConfiguration,
    ],
  ]),
  ...group('events.k8s.io', 'v1', [['Event', 'events', 'namespaced', EventsEvent, 'ev']]),
  ...group('apiextensions.k8s.io', 'v1', [
    ['CustomResourceDefinition', 'customresourcedefinitions', 'cluster', CustomResourceDefinition, 'crd', 'crds'],
  ]),
];

/** The table of a kind. Throws where there is none: the names are ours. */
export function kindTable(group: string, kind: string): KindTable {
  const table = kinds.find((candidate) => candidate.group === group && candidate.kind === kind);
  if (table === undefined) throw new Error(`no table for the kind ${kind} of the group ${JSON.stringify(group)}`);
  return table;
}
