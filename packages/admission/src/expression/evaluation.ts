import { perCallLimit } from '@kcp/cel';
import type { Bindings, Value } from '@kcp/cel';
import type { RequestAuthorizer } from '../matching/request-authorizer.ts';
import { OutOfBudget, type Effort } from './effort.ts';
import type { Expression } from './expression.ts';
import { Variables } from './variables.ts';

/** The most that all expressions of one call of a policy may cost together (RuntimeCELCostBudget). */
export const POLICY_BUDGET = 10_000_000;
/** The most that the conditions of one policy or webhook may cost together (RuntimeCELCostBudgetMatchConditions). */
export const CONDITIONS_BUDGET = 2_500_000;

/** What an expression came to. */
export type Result = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };

/** Values that expressions see. */
export interface Inputs {
  readonly object: Value;
  readonly oldObject: Value;
  readonly request: Value;
  readonly namespaceObject: Value;
  readonly params: Value;
}

/** What one evaluation is made of. */
export interface EvaluationOptions {
  readonly inputs: Inputs;
  /** Answers what expressions ask of anybody's rights. */
  readonly authorizer: RequestAuthorizer;
  /** Absent: expressions have no `variables`. */
  readonly variables?: ReadonlyMap<string, Expression> | undefined;
  readonly budget: number;
  /** What everything that is asked about the request costs together. */
  readonly effort: Effort;
}

/** Runs expressions over the same inputs, on one budget. */
export class Evaluation {
  readonly #bindings: Bindings;
  readonly #authorizer: RequestAuthorizer;
  readonly #variables: Variables | undefined;
  readonly #effort: Effort;
  #budget: number;

  constructor({ inputs, authorizer, variables, budget, effort }: EvaluationOptions) {
    this.#budget = budget;
    this.#effort = effort;
    this.#authorizer = authorizer;
    const bindings: Record<string, Value> = { ...inputs, ...authorizer.bindings };
    if (variables) {
      this.#variables = new Variables(variables, {
        bindings: () => bindings,
        isOver: () => authorizer.isTurnOver,
      });
      bindings['variables'] = this.#variables;
    }
    this.#bindings = bindings;
  }

  /** What is left of the budget. */
  get budget(): number {
    return this.#budget;
  }

  /** Computes an expression. Throws OutOfBudget. */
  async run(expression: Expression): Promise<Result> {
    if (!expression.ok) return { ok: false, message: `compilation error: ${expression.message}` };
    const outcome = await this.#authorizer.run(expression.program, this.#bindings, perCallLimit);
    this.#pay((this.#variables?.takeCost() ?? 0) + outcome.cost);
    await this.#effort.rest();
    if (outcome.ok) return { ok: true, value: outcome.value };
    return { ok: false, message: `expression '${expression.text}' resulted in error: ${outcome.error.message}` };
  }

  #pay(cost: number): void {
    if (cost > this.#budget) throw new OutOfBudget();
    this.#budget -= cost;
    this.#effort.pay(cost);
  }
}
