import {
  mutatingAdmissionPolicy,
  mutatingWebhooks,
  Patience,
  validatingAdmissionPolicy,
  validatingWebhooks,
  type AdmissionPlugin,
} from '@kcp/admission';
import { inheritanceAdmission } from '@kcp/api-sharing';
import type { Catalog } from '@kcp/apiserver';
import type { Authorizer, UserInfo } from '@kcp/auth';
import { certificateAdmission, namespaceLifecycle } from '@kcp/builtins';
import type { ObjectReader } from '@kcp/object-store';
import type { Outbound } from '@kcp/outbound';
import {
  authenticationConfigurationAdmission,
  logicalClusterAdmission,
  objectLimit,
  pathAnnotation,
  guardedAnnotations,
  reservedGroups,
  shardAdmission,
  storedLogicalCluster,
  workspaceAdmission,
  workspaceTypeAdmission,
  workspaceTypeExists,
} from '@kcp/tenancy';
import { policyResources } from './policy-resources.ts';

/** What admission plug-ins are made of. */
export interface AdmissionParts {
  readonly store: ObjectReader;
  readonly catalog: Catalog;
  readonly authorize: Authorizer;
  /** May they, were they let in? */
  readonly authorizeInside: Authorizer;
  /** For addresses that tenants choose. */
  readonly outbound: Outbound;
  readonly newId: () => string;
  /** In milliseconds. */
  readonly clock: () => number;
  /** True for the user in whose name the server's own controllers write. */
  readonly isOwn: (user: UserInfo) => boolean;
  /** How many objects logical clusters may have; 0: as many as they like. */
  readonly totalObjectLimit: number;
  /** In milliseconds. */
  readonly objectCountIntervalMs: number;
  /** Issuers of tokens that are this server's own. */
  readonly disallowedIssuers: readonly string[];
}

/**
 * Who is asked about a write, in this order: that of kube-apiserver's recommended plug-ins, of which ours are some. Mutating ones are
 * asked before validation, validating ones after it. Quotas count last of all, in the commit (kube-apiserver's ResourceQuota).
 */
export function admissionOrder(parts: AdmissionParts): readonly AdmissionPlugin[] {
  const { store, catalog, authorize, authorizeInside, outbound, newId, clock, isOwn, disallowedIssuers } = parts;
  const patience = new Patience({ isOwn, clock });
  const webhooks = { store, authorize, outbound, newUid: newId, clock, patience };
  const policies = { store, resources: policyResources(catalog), authorize };
  const limits = { store, clock, defaultLimit: parts.totalObjectLimit, recountMs: parts.objectCountIntervalMs };
  return [
    namespaceLifecycle(store, (cluster) => storedLogicalCluster(store, cluster)?.isTerminating === true, isOwn),
    workspaceAdmission(store),
    workspaceTypeExists({ store, authorizeInside }),
    inheritanceAdmission({ store, authorize }),
    workspaceTypeAdmission({ store, authorizeInside }),
    authenticationConfigurationAdmission(disallowedIssuers),
    logicalClusterAdmission(store),
    guardedAnnotations(),
    pathAnnotation(store),
    reservedGroups(),
    shardAdmission(),
    ...certificateAdmission(authorize),
    mutatingAdmissionPolicy(policies),
    mutatingWebhooks(webhooks),
    validatingAdmissionPolicy(policies),
    validatingWebhooks(webhooks),
    objectLimit(limits),
  ];
}
