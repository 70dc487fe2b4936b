import type { AuditLevel, AuditStage } from '../level.ts';

/** Resources of one group that a rule is about; `*` stands for every group, empty lists for everything (audit.k8s.io/v1 GroupResources). */
export interface GroupResources {
  readonly group: string;
  /** `pods`, `pods/log`, `*`, `pods/*`, `*\/scale`. */
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/** Requests that fit every part of a rule are recorded at its level. An empty list fits everything. */
export interface PolicyRule {
  readonly level: AuditLevel;
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  /** The empty name stands for what is in no namespace. */
  readonly namespaces: readonly string[];
  /** A `*` at the end stands for any rest. */
  readonly nonResourceURLs: readonly string[];
  readonly omitStages: readonly AuditStage[];
  /** Undefined: as the policy has it. */
  readonly omitManagedFields: boolean | undefined;
}

/** Which requests are recorded, and how much of them (audit.k8s.io/v1 Policy). The first rule that fits decides. */
export interface Policy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages: readonly AuditStage[];
  readonly omitManagedFields: boolean;
}

/** A policy that cannot be used; the message says what is wrong with it, in kube-apiserver's words where it has some. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}
