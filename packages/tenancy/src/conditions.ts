import { byCodePoint, equal, objectsAt, textAt, type JsonObject } from '@kcp/api-machinery';

/** One aspect of a state, as kcp's kinds tell it: severity, reason and message only where the status is not True. */
export interface Claim {
  readonly type: string;
  readonly status: 'False' | 'True' | 'Unknown';
  readonly severity?: 'Error' | 'Info' | 'Warning';
  readonly reason?: string;
  readonly message?: string;
}

/**
 * A status with a condition set; the status itself where it says so already. Ready comes first, the others by type; the time of
 * the transition changes with what is said (kcp's conditions, after Cluster API's).
 */
export function withCondition(status: JsonObject, claim: Claim, now: string): JsonObject {
  const conditions = objectsAt(status, 'conditions');
  const old = conditions.find((condition) => textAt(condition, 'type') === claim.type);
  const { lastTransitionTime: _, ...before } = old ?? {};
  const next: JsonObject = { ...claim };
  if (old !== undefined && equal(before, next)) return status;
  const others = conditions.filter((condition) => condition !== old);
  const all = [...others, { ...next, lastTransitionTime: now }].sort(inOrder);
  return { ...status, conditions: all };
}

/** The condition of a type; undefined where there is none. */
export function conditionOf(status: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(status, 'conditions').find((condition) => textAt(condition, 'type') === type);
}

/** A condition as it is stored, as what it claims. */
export function claimOf(condition: JsonObject): Claim {
  const { lastTransitionTime: _, ...claim } = condition;
  return claim as JsonObject & Claim;
}

function inOrder(a: JsonObject, b: JsonObject): number {
  const [first, second] = [textAt(a, 'type'), textAt(b, 'type')];
  if (first === 'Ready' || second === 'Ready') return first === second ? 0 : first === 'Ready' ? -1 : 1;
  return byCodePoint(first, second);
}
