import { BoundedCache, breathe } from '@kcp/apiserver';
import type { Reconcile } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { approvalClaim } from '../definition/api-approval.ts';
import { type ConditionClaim, withCondition, withoutCondition } from '../definition/condition.ts';
import {
  type CustomResourceDefinition,
  definitionBucket,
  type DefinitionStatus,
} from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import type { DefinitionChecks } from '../definition/definition-checks.ts';
import { nonStructuralClaim } from '../definition/non-structural.ts';
import type { DefinitionWriter } from './definition-writer.ts';

/** What the checks read and write. */
export interface CheckDefinitionOptions {
  readonly store: ObjectReader;
  readonly writer: DefinitionWriter;
  readonly checks: DefinitionChecks;
  /** RFC 3339 with seconds. */
  readonly now: () => string;
}

/** Says of a definition what does not keep it from being served: the conditions NonStructuralSchema and KubernetesAPIApprovalPolicyConformant. */
export function checkDefinition({ store, writer, checks, now }: CheckDefinitionOptions): Reconcile {
  const structures = new BoundedCache<Structure>(STRUCTURE_CACHE_BYTES);
  return async ({ cluster, name }) => {
    // definitions may be large: each is read in a turn of its own
    await breathe();
    const stored = store.get(definitionBucket, { cluster, namespace: '', name });
    if (stored === undefined) return done;
    const definition = readDefinition(stored);
    const structure = await structureOf(definition, cluster, { checks, structures });
    const status = checked(definition, structure, now());
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

async function structureOf(
  definition: CustomResourceDefinition,
  cluster: LogicalCluster,
  { checks, structures }: { readonly checks: DefinitionChecks; readonly structures: BoundedCache<Structure> },
): Promise<ConditionClaim | undefined> {
  const { uid = '', generation = 0 } = definition.metadata;
  const key = `${uid}/${generation}`;
  const known = structures.get(key);
  if (known !== undefined) return known.claim;
  const claim = nonStructuralClaim(await checks.schemaFaults(definition, cluster));
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
