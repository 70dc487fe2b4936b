import { auditStages, type AuditLevel, type AuditStage } from '../level.ts';
import { fits, type AuditedAttributes } from './fits.ts';
import type { Policy } from './policy.ts';

/** How one request is recorded. */
export interface RequestConfig {
  readonly level: AuditLevel;
  /** The stages of which no event is made. */
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

/** Says how a request is recorded. */
export type Evaluate = (request: AuditedAttributes) => RequestConfig;

/** Makes a policy ready to be asked: the first rule that fits decides, where none does nothing is recorded. */
export function evaluator(policy: Policy): Evaluate {
  const rules = policy.rules.map((rule) => ({
    rule,
    config: {
      level: rule.level,
      omitStages: union(policy.omitStages, rule.omitStages),
      omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields,
    },
  }));
  const otherwise: RequestConfig = {
    level: 'None',
    omitStages: new Set(auditStages),
    omitManagedFields: policy.omitManagedFields,
  };
  return (request) => {
    for (const { rule, config } of rules) {
      if (fits(rule, request)) return config;
    }
    return otherwise;
  };
}

function union(...lists: readonly (readonly AuditStage[])[]): ReadonlySet<AuditStage> {
  return new Set(lists.flat());
}
