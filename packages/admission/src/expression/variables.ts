import { Fault, Paused, perCallLimit, StructValue, structType } from '@kcp/cel';
import type { Bindings, CelType, ProgramRun, Value } from '@kcp/cel';
import type { Expression } from './expression.ts';

const TYPE = structType('kubernetes.variables');

/** How variables are computed. */
export interface VariablesOptions {
  /** What variables see, these variables among them. */
  readonly bindings: () => Bindings;
  /** True where others should have their turn: who reads a variable that is not there yet pauses (`Paused`), and reads it again. */
  readonly isOver: () => boolean;
}

/** `variables.x`: each is computed when it is first read, and once. */
export class Variables extends StructValue {
  readonly type: CelType = TYPE;
  readonly #compiled: ReadonlyMap<string, Expression>;
  readonly #options: VariablesOptions;
  readonly #running = new Map<string, ProgramRun>();
  readonly #values = new Map<string, Value | Fault>();
  #cost = 0;

  constructor(compiled: ReadonlyMap<string, Expression>, options: VariablesOptions) {
    super();
    this.#compiled = compiled;
    this.#options = options;
  }

  /** What computing variables has cost since this was asked last. */
  takeCost(): number {
    const cost = this.#cost;
    this.#cost = 0;
    return cost;
  }

  get(name: string): Value | undefined {
    const known = this.#values.get(name);
    if (known instanceof Fault) throw known;
    if (known !== undefined) return known;
    const expression = this.#compiled.get(name);
    if (expression === undefined) return undefined;
    const value = this.#compute(name, expression);
    this.#values.set(name, value);
    if (value instanceof Fault) throw value;
    return value;
  }

  #compute(name: string, expression: Expression): Value | Fault {
    if (!expression.ok) return new Fault(`composited variable "${name}" fails to compile: ${expression.message}`);
    const { bindings, isOver } = this.#options;
    const run = this.#running.get(name) ?? expression.program.start(bindings(), { costLimit: perCallLimit });
    this.#running.set(name, run);
    const outcome = run.proceed(isOver);
    if (outcome === undefined) throw new Paused();
    this.#running.delete(name);
    this.#cost += outcome.cost;
    if (outcome.ok) return outcome.value;
    return new Fault(`composited variable "${name}" fails to evaluate: ${outcome.error.message}`);
  }

  has(name: string): boolean {
    return this.#compiled.has(name);
  }

  equals(other: StructValue): boolean {
    return this === other;
  }
}
