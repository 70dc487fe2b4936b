import { equal, own, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { objectIn, readyIn, type Condition } from './config-spread.ts';

/** How it went. */
export interface Outcome {
  readonly copies: number;
  /** Namespaces where somebody else's ConfigMap has the name. */
  readonly taken: readonly string[];
  /** What is wrong with the spec; undefined where nothing is. */
  readonly invalid?: string;
}

/** So many namespaces are named in a message. */
const NAMED = 5;

/** The status that says so; undefined where it stands there already. The time of a condition moves with its status only. */
export function statusOf(spread: KubeObject, outcome: Outcome, now: string): JsonObject | undefined {
  const ready = readyCondition(spread, outcome);
  const before = readyIn(spread);
  const since =
    before !== undefined && own(before, 'status') === ready.status ? own(before, 'lastTransitionTime') : now;
  const status = {
    observedGeneration: spread.metadata.generation ?? 0,
    copies: outcome.copies,
    conditions: [{ ...ready, lastTransitionTime: since ?? now }],
  };
  return equal(status, objectIn(spread, 'status')) ? undefined : status;
}

function readyCondition(spread: KubeObject, outcome: Outcome): Omit<Condition, 'lastTransitionTime'> {
  const { copies, taken, invalid } = outcome;
  const of = { type: 'Ready', observedGeneration: spread.metadata.generation ?? 0 };
  if (invalid !== undefined) return { ...of, status: 'False', reason: 'InvalidSpec', message: invalid };
  if (taken.length === 0)
    return { ...of, status: 'True', reason: 'Spread', message: `${copies} namespaces have a copy` };
  const named = taken.toSorted().slice(0, NAMED).join(', ');
  const more = taken.length > NAMED ? ` and ${taken.length - NAMED} more` : '';
  const message = `a ConfigMap of another owner has the name in: ${named}${more}`;
  return { ...of, status: 'False', reason: 'NameTaken', message };
}
