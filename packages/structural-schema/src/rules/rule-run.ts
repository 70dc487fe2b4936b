import type { FieldError } from '@kcp/api-machinery';
import type { EvaluationError, Outcome } from '@kcp/cel';
import { perRequestLimit } from '@kcp/cel';
import { breakdown, evaluationDetail, failure, OUT_OF_BUDGET, plainDetail } from './rule-failure.ts';
import type { RunnableRule } from './rule-node.ts';
import type { RuleTarget } from './rule-target.ts';
import { RuleProgram, RuleValues } from './rule-values.ts';

/** The most bytes of a message that an expression may make (k8s.io/apiserver/pkg/apis/cel MaxEvaluatedMessageExpressionSizeBytes). */
const MESSAGE_BYTES = 5 * 1024;

/** What rules found. */
export interface RuleFindings {
  readonly errors: readonly FieldError[];
  /** What is wrong but was so before, and is told as a warning. */
  readonly warnings: readonly string[];
}

/** How rules are run. */
export interface RunOptions {
  /** The most that they may cost together; by default what a request may. */
  readonly budget?: number;
  /** False where what was wrong before is an error all the same. */
  readonly ratchets?: boolean;
}

/**
 * One validation of an object by the rules of its schema (k8s.io/apiextensions-apiserver schema/cel Validator). It is done in steps, a
 * rule at a time, a costly one in pieces, so that the caller can let others have their turn between them. The cost of all rules together is bounded by
 * the budget of a request, that of each by the limit of a call.
 */
export class RuleRun {
  readonly #waiting: RuleTarget[];
  readonly #errors: FieldError[] = [];
  readonly #warnings: string[] = [];
  readonly #ratchets: boolean;
  #visit: Visit | undefined;
  #budget: number;

  constructor(root: RuleTarget, { budget = perRequestLimit, ratchets = true }: RunOptions = {}) {
    this.#waiting = [root];
    this.#budget = budget;
    this.#ratchets = ratchets;
  }

  /** What is left of the budget; negative once it did not suffice. */
  get remaining(): number {
    return this.#budget;
  }

  /** Goes on until all is done (true), or `isOver` says after a step that it is time to pause (false). */
  proceed(isOver: () => boolean): boolean {
    for (;;) {
      if (!this.#step(isOver)) return this.#visit === undefined && this.#waiting.length === 0;
      if (isOver()) return false;
    }
  }

  /** False where nothing is left, or what is under way wants to pause. */
  #step(isOver: () => boolean): boolean {
    const visit = this.#visit ?? this.#next();
    if (visit === undefined) return false;
    if (visit.running !== undefined) return this.#continue(visit.running, visit, isOver);
    const rule = visit.target.node.rule(visit.at++);
    if (rule === undefined) {
      this.#descend(visit.target);
      return true;
    }
    return this.#begin(rule, visit, isOver);
  }

  /** What was found so far. */
  get findings(): RuleFindings {
    return { errors: this.#errors, warnings: this.#warnings };
  }

  #next(): Visit | undefined {
    const target = this.#waiting.pop();
    this.#visit = target && { target, values: new RuleValues(target), at: 0, running: undefined };
    return this.#visit;
  }

  /** All rules of a value ran: its parts are next, in their order. */
  #descend(target: RuleTarget): void {
    this.#visit = undefined;
    const below = target.below();
    for (let at = below.length - 1; at >= 0; at--) {
      const next = below[at];
      if (next !== undefined && next.value !== null) this.#waiting.push(next);
    }
  }

  #begin(rule: RunnableRule, visit: Visit, isOver: () => boolean): boolean {
    const { target, values, at } = visit;
    const isOptional = rule.rule.optionalOldSelf === true;
    if (at === 1 && this.#budget <= 0) this.#stop(breakdown(target, OUT_OF_BUDGET));
    else if (rule.error !== undefined) this.#errors.push(breakdown(target, `rule compile error: ${rule.error}`));
    else if (rule.program !== undefined && (!rule.usesOldSelf || isOptional || values.hasOld)) {
      visit.running = { rule, isMessage: false, program: new RuleProgram(rule.program, values, isOptional) };
      return this.#continue(visit.running, visit, isOver);
    }
    return true;
  }

  #continue({ rule, isMessage, program }: Running, visit: Visit, isOver: () => boolean): boolean {
    const outcome = program.proceed(isOver);
    if (outcome === undefined) return false;
    visit.running = undefined;
    if (isMessage) this.#fail(rule, visit.target, outcome);
    else this.#judge(rule, visit, outcome);
    return true;
  }

  #judge(rule: RunnableRule, visit: Visit, outcome: Outcome): void {
    const { target, values } = visit;
    if (outcome.cost > this.#budget) {
      this.#stop(breakdown(target, OUT_OF_BUDGET));
      return;
    }
    this.#budget -= outcome.cost;
    if (!outcome.ok) {
      const error = breakdown(target, evaluationDetail(outcome.error, rule.rule));
      if (outcome.error.reason === 'budget') this.#stop(error);
      else this.#errors.push(error);
    } else if (outcome.value !== true) {
      if (rule.message === undefined) this.#fail(rule, target, undefined);
      else {
        const program = new RuleProgram(rule.message, values, rule.rule.optionalOldSelf === true);
        visit.running = { rule, isMessage: true, program };
      }
    }
  }

  #fail(rule: RunnableRule, target: RuleTarget, message: Outcome | undefined): void {
    const broken = message && this.#brokenMessage(message, rule);
    if (broken !== undefined) {
      this.#add(breakdown(target, broken, rule.field), rule, target);
      this.#stop();
      return;
    }
    if (message !== undefined) this.#budget -= message.cost;
    const detail = message === undefined ? undefined : usableText(message);
    this.#add(failure(rule, target, detail ?? plainDetail(rule.rule)), rule, target);
  }

  /** What ends the whole validation; any other fault of a message falls back to what is said without one. */
  #brokenMessage(message: Outcome, { rule }: RunnableRule): string | undefined {
    if (message.cost > this.#budget) {
      return 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
    }
    const error: EvaluationError | undefined = message.ok ? undefined : message.error;
    if (error?.reason !== 'budget') return undefined;
    const text = JSON.stringify(rule.messageExpression ?? '');
    return `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${text}`;
  }

  /** What was wrong before and did not change is a warning; transition rules speak of the change itself. */
  #add(error: FieldError, { usesOldSelf }: RunnableRule, target: RuleTarget): void {
    if (usesOldSelf || !this.#ratchets || !target.isRatcheted) this.#errors.push(error);
    else this.#warnings.push(`${error.field}: ${error.message}`);
  }

  #stop(error?: FieldError): void {
    if (error !== undefined) this.#errors.push(error);
    this.#waiting.length = 0;
    this.#budget = -1;
    this.#visit = undefined;
  }
}

/** A value whose rules are being run. */
interface Visit {
  readonly target: RuleTarget;
  readonly values: RuleValues;
  /** The place of the next rule. */
  at: number;
  /** What paused. */
  running: Running | undefined;
}

/** A rule that is being run, or its message. */
interface Running {
  readonly rule: RunnableRule;
  readonly isMessage: boolean;
  readonly program: RuleProgram;
}

/** The text that an expression made, where it is fit to be shown. */
function usableText(message: Outcome): string | undefined {
  if (!message.ok || typeof message.value !== 'string') return undefined;
  const text = message.value.trim();
  const isFit = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MESSAGE_BYTES;
  return isFit ? text : undefined;
}
