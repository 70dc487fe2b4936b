import { BudgetExceeded } from '../values/fault.ts';
import type { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { Journal } from './journal.ts';

const CHARGES_PER_LOOK = 32;

/** Bounds of a run; with a journal it is one in pieces. */
export interface FrameOptions {
  readonly limit: number;
  readonly isOver: (() => boolean) | undefined;
  readonly journal?: Journal;
}

/** The state of one run. */
export class Frame {
  cost = 0;
  readonly limit: number;
  /** The program's free variables, in its own order. */
  readonly variables: readonly (Value | undefined)[];
  /** Loop variables; an accumulator may hold a fault that a later step can still outweigh. */
  readonly locals: (Value | Fault | undefined)[] = [];

  /** Of a run in pieces. */
  readonly journal: Journal | undefined;

  readonly #isOver: (() => boolean) | undefined;
  #charges = 0;

  constructor(variables: readonly (Value | undefined)[], { limit, isOver, journal }: FrameOptions) {
    this.variables = variables;
    this.limit = limit;
    this.journal = journal;
    this.#isOver = isOver;
  }

  /** Ends the run where its time is over: some calls take longer than their cost tells. Looks at the clock now and then. */
  watch(): void {
    this.#charges += 1;
    if (this.#charges % CHARGES_PER_LOOK === 0 && this.#isOver?.() === true) {
      throw new BudgetExceeded('operation interrupted');
    }
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
  frame.watch();
}
