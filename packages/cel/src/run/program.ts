import { BudgetExceeded, Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { Compiled } from './compiler.ts';
import { Frame } from './frame.ts';
import type { Bindings } from './frame.ts';

/** What a run comes to. */
export type Outcome =
  | { readonly ok: true; readonly value: Value; readonly cost: number }
  | { readonly ok: false; readonly error: EvaluationError; readonly cost: number };

/** Why an expression has no value; `budget` where its cost limit was reached. */
export interface EvaluationError {
  readonly reason: 'evaluation' | 'budget';
  readonly message: string;
}

/** Bounds of one run. */
export interface RunOptions {
  /** The most that it may cost (Kubernetes' PerCallLimit is 1,000,000). Default: no bound. */
  readonly costLimit?: number;
  /** Asked now and then while it runs; true ends the run as if its budget were used up. Default: no bound. */
  readonly isOver?: () => boolean;
}

/** A compiled expression. It keeps nothing between runs. */
export class Program {
  readonly #compiled: Compiled;

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
  }

  /** The variables that the expression reads. */
  get variables(): readonly string[] {
    return this.#compiled.variables;
  }

  /** Computes the value. What goes wrong is part of the outcome; only a defect of ours throws. */
  run(bindings: Bindings, { costLimit = Infinity, isOver }: RunOptions = {}): Outcome {
    const { code, variables } = this.#compiled;
    const values: (Value | undefined)[] = [];
    for (const name of variables) values.push(Object.hasOwn(bindings, name) ? bindings[name] : undefined);
    const frame = new Frame(values, costLimit, isOver);
    try {
      const value = code(frame);
      return { ok: true, value, cost: frame.cost };
    } catch (fault) {
      if (fault instanceof Fault) {
        return { ok: false, error: { reason: 'evaluation', message: fault.message }, cost: frame.cost };
      }
      if (fault instanceof BudgetExceeded) {
        return { ok: false, error: { reason: 'budget', message: fault.message }, cost: frame.cost };
      }
      throw fault;
    }
  }
}
