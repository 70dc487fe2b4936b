import type { Bindings, Outcome, Program, Value } from '@kcp/cel';
import { Fault, Optional, perCallLimit, valueFromJson } from '@kcp/cel';
import type { RuleScope } from './rule-scope.ts';
import type { RuleTarget } from './rule-target.ts';

/** How long one expression may run: many times what its cost limit allows, unless its calls take longer than their cost tells. */
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

/** Runs an expression on the values, within the limit of a call. Data that does not read as what its schema calls it is a fault of the rule that reads it. */
export function runProgram(program: Program, values: RuleValues, isOptional: boolean): Outcome {
  try {
    return program.run(values.bindings(program.variables, isOptional), {
      costLimit: perCallLimit,
      isOver: timeLimit(),
    });
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { ok: false, error: { reason: 'evaluation', message: fault.message }, cost: 0 };
  }
}

/** Whether an expression ran too long. The clock begins with the first look, which most expressions never come to. */
function timeLimit(): () => boolean {
  let began: number | undefined;
  return () => {
    began ??= performance.now();
    return performance.now() - began > MOST_MILLISECONDS;
  };
}
