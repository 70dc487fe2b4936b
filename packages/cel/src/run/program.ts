import { BudgetExceeded, Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { Compiled } from './compiler.ts';
import { Frame } from './frame.ts';
import type { Bindings } from './frame.ts';
import { Journal, Paused } from './journal.ts';

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
    return outcomeOf(this.#compiled, new Frame(this.#values(bindings), { limit: costLimit, isOver }));
  }

  /** The same in pieces, for who must not be held up: nothing is computed yet. */
  start(bindings: Bindings, options: RunOptions = {}): ProgramRun {
    return new ProgramRun(this, options, {
      bindings,
      frame: (journal) => {
        const { costLimit = Infinity, isOver } = options;
        return new Frame(this.#values(bindings), { limit: costLimit, isOver, journal });
      },
      run: (frame) => outcomeOf(this.#compiled, frame),
    });
  }

  #values(bindings: Bindings): readonly (Value | undefined)[] {
    const values: (Value | undefined)[] = [];
    for (const name of this.#compiled.variables)
      values.push(Object.hasOwn(bindings, name) ? bindings[name] : undefined);
    return values;
  }
}

function outcomeOf({ code }: Compiled, frame: Frame): Outcome {
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

/** How a program is run in pieces. */
interface Pieces {
  readonly bindings: Bindings;
  readonly frame: (journal: Journal) => Frame;
  readonly run: (frame: Frame) => Outcome;
}

/** What is computed in one go: nearly all that expressions ever cost, in a millisecond or two. */
const STRAIGHT_COST = 50_000;

/** A run that lets others have their turn. What costs little is computed in one go; what does not begins anew, in pieces. */
export class ProgramRun {
  readonly #program: Program;
  readonly #options: RunOptions;
  readonly #pieces: Pieces;
  #journal: Journal | undefined;
  #frame: Frame | undefined;

  constructor(program: Program, options: RunOptions, pieces: Pieces) {
    this.#program = program;
    this.#options = options;
    this.#pieces = pieces;
  }

  /** Goes on until there is an outcome, or `isOver` says that it is time to pause (undefined). */
  proceed(isOver: () => boolean): Outcome | undefined {
    try {
      return (this.#frame === undefined ? this.#straight() : undefined) ?? this.#piece(isOver);
    } catch (error) {
      if (error instanceof Paused) return undefined;
      throw error;
    }
  }

  #straight(): Outcome | undefined {
    const { costLimit = Infinity } = this.#options;
    const outcome = this.#program.run(this.#pieces.bindings, {
      ...this.#options,
      costLimit: Math.min(costLimit, STRAIGHT_COST),
    });
    const isCut = !outcome.ok && outcome.error.reason === 'budget' && costLimit > STRAIGHT_COST;
    return isCut && outcome.cost > STRAIGHT_COST ? undefined : outcome;
  }

  #piece(isOver: () => boolean): Outcome {
    this.#journal ??= new Journal();
    this.#frame ??= this.#pieces.frame(this.#journal);
    this.#frame.cost = 0;
    this.#journal.open(isOver);
    return this.#pieces.run(this.#frame);
  }
}
