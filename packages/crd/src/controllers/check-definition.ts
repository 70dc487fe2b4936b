import type { Reconcile } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { ObjectReader } from '@kcp/object-store';
import { approvalClaim } from '../definition/api-approval.ts';
import { type ConditionClaim, withCondition, withoutCondition } from '../definition/condition.ts';
import {
  type CustomResourceDefinition,
  definitionBucket,
  type DefinitionStatus,
} from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import { nonStructuralClaim } from '../definition/non-structural.ts';
import { BoundedCache } from '../serving/bounded-cache.ts';
import type { DefinitionWriter } from './definition-writer.ts';

/** What the checks read and write. */
export interface CheckDefinitionOptions {
  readonly store: ObjectReader;
  readonly writer: DefinitionWriter;
  /** RFC 3339 with seconds. */
  readonly now: () => string;
}

/** Says of a definition what does not keep it from being served: the conditions NonStructuralSchema and KubernetesAPIApprovalPolicyConformant. */
export function checkDefinition({ store, writer, now }: CheckDefinitionOptions): Reconcile {
  const structures = new BoundedCache<Structure>(STRUCTURE_CACHE_BYTES);
  return async ({ cluster, name }) => {
    const stored = store.get(definitionBucket, { cluster, namespace: '', name });
    if (stored === undefined) return done;
    const definition = readDefinition(stored);
    const status = checked(definition, structureOf(definition, structures), now());
    if (status !== definition.status) await writer.updateStatus(stored, definition, status);
    return done;
  };
}

/** What became of a definition's schemas. They change only with the generation, conditions of other writers more often. */
interface Structure {
  readonly claim: ConditionClaim | undefined;
}

const STRUCTURE_BYTES = 512;
const STRUCTURE_CACHE_BYTES = 2 ** 20;

function structureOf(
  definition: CustomResourceDefinition,
  structures: BoundedCache<Structure>,
): ConditionClaim | undefined {
  const { uid = '', generation = 0 } = definition.metadata;
  const key = `${uid}/${generation}`;
  const known = structures.get(key);
  if (known !== undefined) return known.claim;
  const claim = nonStructuralClaim(definition);
  structures.set(key, { claim }, { owner: key, bytes: STRUCTURE_BYTES });
  return claim;
}

function checked(
  definition: CustomResourceDefinition,
  structure: ConditionClaim | undefined,
  now: string,
): DefinitionStatus {
  const approval = approvalClaim(definition);
  const { status } = definition;
  const structured =
    structure === undefined ? withoutCondition(status, 'NonStructuralSchema') : withCondition(status, structure, now);
  return approval === undefined ? structured : withCondition(structured, approval, now);
}
