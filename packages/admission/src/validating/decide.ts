import { utf8Length, type KubeObject } from '@kcp/api-machinery';
import { askConditions } from '../policy/conditions.ts';
import { OutOfBudget } from '../expression/effort.ts';
import { CONDITIONS_BUDGET, POLICY_BUDGET, type Evaluation } from '../expression/evaluation.ts';
import type { CompiledValidating } from '../policy/compiled-policy.ts';
import type { RequestView, SeenRequest } from '../policy/request-view.ts';
import type { Validation, ValidatingSpec } from '../policy/stored-policy.ts';

/** One thing that a policy says against a request. */
export interface Failure {
  /** Which validation; audit events name it. */
  readonly index: number;
  readonly message: string;
  /** Empty: Invalid. */
  readonly reason: string;
}

/** A fact that a policy adds to the audit events. */
export interface Fact {
  readonly key: string;
  readonly value: string;
}

/** What a policy says to a request. */
export interface Verdict {
  readonly failures: readonly Failure[];
  readonly facts: readonly Fact[];
  /** Of audit annotations: they refuse a request whatever the binding's actions are. */
  readonly factErrors: readonly string[];
}

/** What is decided about, and by what. */
export interface Case {
  readonly seen: SeenRequest;
  readonly view: RequestView;
  readonly spec: ValidatingSpec;
  readonly compiled: CompiledValidating;
  readonly params: KubeObject | undefined;
}

const NOTHING: Verdict = { failures: [], facts: [], factErrors: [] };
/** The longest message that an expression may give (MaxEvaluatedMessageExpressionSizeBytes). */
const LONGEST_MESSAGE = 5 * 1024;

/** Asks one policy with one parameter (k8s.io/apiserver policy/validating validator.go). */
export async function decide(asked: Case): Promise<Verdict> {
  const { spec, compiled } = asked;
  if (compiled.conditions.length > 0) {
    const evaluation = evaluationOf(asked, { budget: CONDITIONS_BUDGET, seesNamespace: false });
    const outcome = await askConditions(compiled.conditions, spec.failurePolicy, evaluation);
    if (outcome.kind === 'skip') return NOTHING;
    if (outcome.kind === 'failed') return broken(spec, outcome.message);
  }
  try {
    const failures = await validate(asked);
    return { failures, ...(await collectFacts(asked)) };
  } catch (error) {
    if (error instanceof OutOfBudget) return broken(spec, error.message);
    throw error;
  }
}

function broken({ failurePolicy }: ValidatingSpec, message: string): Verdict {
  return failurePolicy === 'Ignore' ? NOTHING : { ...NOTHING, failures: [{ index: 0, message, reason: '' }] };
}

function evaluationOf(
  { seen, view, compiled, params }: Case,
  part: { readonly budget: number; readonly seesNamespace?: boolean },
): Evaluation {
  const { budget, seesNamespace = true } = part;
  return seen.evaluation(view, { params, budget, seesNamespace, variables: compiled.variables });
}

async function validate(asked: Case): Promise<readonly Failure[]> {
  const { spec, compiled } = asked;
  const evaluation = evaluationOf(asked, { budget: POLICY_BUDGET });
  const failed: (Failure & { readonly isError: boolean })[] = [];
  for (const [index, expression] of compiled.validations.entries()) {
    const result = await evaluation.run(expression);
    const reason = spec.validations[index]?.reason ?? '';
    if (!result.ok) failed.push({ index, message: result.message, reason: '', isError: true });
    else if (result.value !== true) failed.push({ index, message: '', reason, isError: false });
  }
  if (failed.length === 0) return [];
  const worded = new Wording(asked, evaluation.budget);
  const failures: Failure[] = [];
  for (const { isError, ...failure } of failed) {
    if (!isError) failures.push(await worded.failure(failure));
    else if (spec.failurePolicy !== 'Ignore') failures.push(failure);
  }
  return failures;
}

/** Finds the words of what failed, on what is left of the budget. */
class Wording {
  readonly #asked: Case;
  readonly #evaluation: Evaluation;

  constructor(asked: Case, budget: number) {
    this.#asked = asked;
    this.#evaluation = evaluationOf(asked, { budget });
  }

  /** Words of its own expression, else its message, else the expression that does not hold. */
  async failure(failure: Failure): Promise<Failure> {
    const { spec, compiled } = this.#asked;
    const validation = spec.validations[failure.index];
    if (validation === undefined) return failure;
    const expression = compiled.messages[failure.index];
    try {
      const result = expression && (await this.#evaluation.run(expression));
      const computed = result?.ok && typeof result.value === 'string' ? usable(result.value) : '';
      return { ...failure, message: computed || fixedMessage(validation) };
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      return { ...failure, reason: '', message: `failed messageExpression: ${error.message}` };
    }
  }
}

function usable(text: string): string {
  const message = text.trim();
  return message.includes('\n') || utf8Length(message) > LONGEST_MESSAGE ? '' : message;
}

function fixedMessage({ message, expression }: Validation): string {
  return message === '' ? `failed expression: ${expression.trim()}` : message.trim();
}

async function collectFacts(asked: Case): Promise<Pick<Verdict, 'facts' | 'factErrors'>> {
  const { spec, compiled } = asked;
  const facts: Fact[] = [];
  const factErrors: string[] = [];
  if (compiled.annotations.length === 0) return { facts, factErrors };
  const evaluation = evaluationOf(asked, { budget: POLICY_BUDGET });
  for (const [at, expression] of compiled.annotations.entries()) {
    const result = await evaluation.run(expression);
    const key = spec.auditAnnotations[at]?.key ?? '';
    if (!result.ok) {
      if (spec.failurePolicy !== 'Ignore') factErrors.push(result.message);
    } else if (typeof result.value === 'string' && result.value.trim() !== '') {
      facts.push({ key, value: result.value.trim() });
    }
  }
  return { facts, factErrors };
}
