import { OutOfBudget } from '../expression/effort.ts';
import { type Evaluation } from '../expression/evaluation.ts';
import type { Expression } from '../expression/expression.ts';
import type { PolicySpec } from './stored-policy.ts';

/** Whether conditions hold: one that is false decides, else one that failed. */
export type Conditions =
  | { readonly kind: 'hold' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'failed'; readonly message: string };

/** Asks the conditions of a policy (k8s.io/apiserver webhook/matchconditions). */
export async function askConditions(
  conditions: readonly Expression[],
  failurePolicy: PolicySpec['failurePolicy'],
  evaluation: Evaluation,
): Promise<Conditions> {
  const failures: string[] = [];
  try {
    for (const condition of conditions) {
      const result = await evaluation.run(condition);
      if (!result.ok) failures.push(result.message);
      else if (result.value === false) return { kind: 'skip' };
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    failures.splice(0, failures.length, error.message);
  }
  if (failures.length === 0) return { kind: 'hold' };
  if (failurePolicy === 'Ignore') return { kind: 'skip' };
  const distinct = [...new Set(failures)];
  return { kind: 'failed', message: distinct.length === 1 ? `${distinct[0]}` : `[${distinct.join(', ')}]` };
}
