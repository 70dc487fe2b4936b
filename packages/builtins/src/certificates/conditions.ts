import { objectAt, objectsAt, textAt } from '@kcp/api-machinery';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';

/** The conditions of a signing request. */
export function conditionsOf(object: KubeObject): readonly JsonObject[] {
  return objectsAt(objectAt(object, 'status'), 'conditions');
}

/** The conditions of one type; old objects may have more than one. */
export function conditionsOfType(object: KubeObject, type: string): readonly JsonObject[] {
  return conditionsOf(object).filter((condition) => textAt(condition, 'type') === type);
}

/** True for a request that was approved and not denied as well. */
export function isApproved(object: KubeObject): boolean {
  return conditionsOfType(object, 'Approved').length > 0 && conditionsOfType(object, 'Denied').length === 0;
}

/** The certificate of a request as it is stored: PEM in base64; empty where none was issued. */
export function certificateOf(object: KubeObject): string {
  return textAt(objectAt(object, 'status'), 'certificate');
}

/** The signer that a request is for. */
export function signerName(object: KubeObject): string {
  return textAt(objectAt(object, 'spec'), 'signerName');
}

/** The conditions of an update with their times filled in; a condition that stays keeps the time when it came. */
export function withTimes(object: KubeObject, old: KubeObject, now: string): readonly JsonObject[] {
  const before = conditionsOf(old);
  return conditionsOf(object).map((condition) => {
    const same = before.find(
      (other) =>
        textAt(other, 'type') === textAt(condition, 'type') &&
        textAt(other, 'status') === textAt(condition, 'status') &&
        textAt(other, 'lastTransitionTime') !== '',
    );
    return {
      ...condition,
      lastUpdateTime: condition['lastUpdateTime'] ?? now,
      lastTransitionTime: condition['lastTransitionTime'] ?? same?.['lastTransitionTime'] ?? now,
    };
  });
}

/** The same object with the decisions of the old one, word by word, unless some came or went: validation refuses that. */
export function withOldDecisions(object: KubeObject, old: KubeObject): KubeObject {
  let conditions = conditionsOf(object);
  for (const type of ['Approved', 'Denied']) {
    const kept = [...conditionsOfType(old, type)];
    if (kept.length !== conditionsOfType(object, type).length) continue;
    conditions = conditions.map((condition) =>
      textAt(condition, 'type') === type ? (kept.shift() ?? condition) : condition,
    );
  }
  return withConditions(object, conditions);
}

/** The object with other conditions; without any, the field goes. */
export function withConditions(object: KubeObject, conditions: readonly JsonObject[]): KubeObject {
  const { conditions: _, ...status } = objectAt(object, 'status');
  return { ...object, status: { ...status, ...(conditions.length > 0 && { conditions }) } };
}
