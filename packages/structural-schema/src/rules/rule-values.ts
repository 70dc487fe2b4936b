import type { Bindings, Outcome, Program, ProgramRun, Value } from '@kcp/cel';
import { Fault, Optional, perCallLimit, valueFromJson } from '@kcp/cel';
import type { RuleScope } from './rule-scope.ts';
import type { RuleTarget } from './rule-target.ts';

/** How long one expression may keep the processor: many times what its cost limit allows, unless its calls take longer than their cost tells. */
const MOST_MILLISECONDS = 1_000;

/** `self` and `oldSelf` of a target, made when the first rule asks. */
export class RuleValues {
  readonly hasOld: boolean;
  readonly #target: RuleTarget;
  #self: Value | undefined;
  #old: Value | undefined;

  constructor(target: RuleTarget) {
    this.#target = target;
    this.hasOld = target.old !== undefined && target.old !== null;
  }

  bindings(variables: readonly string[], isOptional: boolean): Bindings {
    const { value, node } = this.#target;
    this.#self ??= valueFromJson(value, declared(node.scope));
    if (!variables.includes('oldSelf')) return { self: this.#self };
    return { self: this.#self, oldSelf: isOptional ? this.#optionalOld() : this.#oldValue() };
  }

  #optionalOld(): Value {
    return this.hasOld ? new Optional(this.#oldValue()) : Optional.none;
  }

  #oldValue(): Value {
    return (this.#old ??= valueFromJson(this.#target.old ?? null, declared(this.#target.node.scope)));
  }
}

function declared(scope: RuleScope | undefined): RuleScope['declared'] | undefined {
  return scope?.declared;
}

/** An expression being run on the values, within the limit of a call. */
export class RuleProgram {
  readonly #time = new WorkingTime();
  readonly #start: () => ProgramRun;
  #run: ProgramRun | undefined;

  constructor(program: Program, values: RuleValues, isOptional: boolean) {
    const options = { costLimit: perCallLimit, isOver: (): boolean => this.#time.isOver };
    this.#start = () => program.start(values.bindings(program.variables, isOptional), options);
  }

  /**
   * Goes on until there is an outcome, or `isOver` says that it is time to pause (undefined). Data that does not read as what
   * its schema calls it is a fault of the rule that reads it.
   */
  proceed(isOver: () => boolean): Outcome | undefined {
    try {
      this.#run ??= this.#start();
      return this.#run.proceed(isOver);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return { ok: false, error: { reason: 'evaluation', message: fault.message }, cost: 0 };
    } finally {
      this.#time.stop();
    }
  }
}

/**
 * How long an expression kept the processor, pauses left out: not the time on the clock, since a busy machine refuses nobody's
 * object. It begins with the first look, which most expressions never come to.
 */
class WorkingTime {
  #before = 0;
  #began: number | undefined;

  get isOver(): boolean {
    const now = processorTime();
    this.#began ??= now;
    return this.#before + now - this.#began > MOST_MILLISECONDS;
  }

  stop(): void {
    if (this.#began === undefined) return;
    this.#before += processorTime() - this.#began;
    this.#began = undefined;
  }
}

/** Milliseconds for which this thread has had a processor. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
