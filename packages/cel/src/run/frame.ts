import { BudgetExceeded } from '../values/fault.ts';
import type { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';

/** The state of one run. */
export class Frame {
  cost = 0;
  readonly limit: number;
  /** The program's free variables, in its own order. */
  readonly variables: readonly (Value | undefined)[];
  /** Loop variables; an accumulator may hold a fault that a later step can still outweigh. */
  readonly locals: (Value | Fault | undefined)[] = [];

  constructor(variables: readonly (Value | undefined)[], limit: number) {
    this.variables = variables;
    this.limit = limit;
  }
}

/** Values of variables by name. */
export type Bindings = Readonly<Record<string, Value>>;

/** A compiled expression. Throws Fault, or BudgetExceeded. */
export type Code = (frame: Frame) => Value;

/** Adds to the cost of a run. */
export function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) throw new BudgetExceeded();
}
