import type {
  CustomResourceDefinition,
  DefinitionCondition,
  DefinitionConditionType,
  DefinitionStatus,
} from './custom-resource-definition.ts';

/** What a reconciler has to say; the time is added where it is written. */
export interface ConditionClaim {
  readonly type: DefinitionConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** A definition's condition of a type, where it has one. */
export function findCondition(
  definition: CustomResourceDefinition,
  type: DefinitionConditionType,
): DefinitionCondition | undefined {
  return definition.status.conditions?.find((condition) => condition.type === type);
}

/** True where a definition's condition of this type has the status True. */
export function isConditionTrue(definition: CustomResourceDefinition, type: DefinitionConditionType): boolean {
  return findCondition(definition, type)?.status === 'True';
}

/** The status with a condition set: in its place where there was one, else at the end. The time moves only with the status. */
export function withCondition(status: DefinitionStatus, claim: ConditionClaim, now: string): DefinitionStatus {
  const conditions = status.conditions ?? [];
  const at = conditions.findIndex((condition) => condition.type === claim.type);
  const old = conditions[at];
  if (old === undefined) return { ...status, conditions: [...conditions, { ...claim, lastTransitionTime: now }] };
  if (old.status === claim.status && old.reason === claim.reason && old.message === claim.message) return status;
  const moved = old.status !== claim.status || old.lastTransitionTime === null;
  const changed = { ...old, ...claim, lastTransitionTime: moved ? now : old.lastTransitionTime };
  return { ...status, conditions: conditions.with(at, changed) };
}

/** The status without a condition; the same value where it had none. */
export function withoutCondition(status: DefinitionStatus, type: DefinitionConditionType): DefinitionStatus {
  const conditions = status.conditions ?? [];
  const kept = conditions.filter((condition) => condition.type !== type);
  return kept.length === conditions.length ? status : { ...status, conditions: kept };
}
