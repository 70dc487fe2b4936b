import type { Compilation } from '@kcp/cel';
import { declaredSizes, estimateCost } from '@kcp/cel';
import type { FieldError, JsonObject } from '@kcp/api-machinery';
import { childPath, internalError, invalid, itemPath } from '@kcp/api-machinery';
import type { StructuralSchema, ValidationRule } from '../structural-schema.ts';
import type { RuleCompilation } from './compile-rule.ts';
import { compileRule } from './compile-rule.ts';
import { costError } from './rule-cost.ts';
import type { RulePlace } from './rule-place.ts';
import type { RuleScope } from './rule-scope.ts';

const NO_TYPES =
  'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';

/**
 * What is wrong with the expressions of a node's rules: whether they compile, what they may cost, whether `oldSelf` means
 * anything there. Costs about 0.1 ms a rule.
 */
export function checkRules(schema: StructuralSchema, path: string, place: RulePlace): FieldError[] {
  if (schema.validations.length === 0) return [];
  const at = childPath(path, 'x-kubernetes-validations');
  const { scope } = place;
  if (scope === undefined) return [internalError(at, NO_TYPES)];
  return schema.validations.flatMap((rule, index) => new RuleCheck(rule, itemPath(at, index), { scope, place }).run());
}

interface Surroundings {
  readonly scope: RuleScope;
  readonly place: RulePlace;
}

class RuleCheck {
  readonly #rule: ValidationRule;
  readonly #at: string;
  readonly #in: Surroundings;
  readonly #errors: FieldError[] = [];

  constructor(rule: ValidationRule, at: string, surroundings: Surroundings) {
    this.#rule = rule;
    this.#at = at;
    this.#in = surroundings;
  }

  run(): readonly FieldError[] {
    const compiled = compileRule(this.#rule, this.#in.scope);
    this.#checkCost('estimated rule cost', 'rule', this.#in.place.costOfAll(this.#cost(compiled.compilation)));
    this.#checkCompilation(compiled);
    if (compiled.message !== undefined) {
      this.#checkCost('estimated messageExpression cost', 'messageExpression', this.#cost(compiled.message));
    }
    this.#checkOldSelf(compiled);
    return this.#errors;
  }

  #cost(compilation: Compilation | undefined): number {
    if (compilation?.checked === undefined) return 0;
    return estimateCost(compilation.expr, compilation.checked, declaredSizes(this.#in.scope.declared)).max;
  }

  #checkCost(what: string, field: string, cost: number): void {
    const { place } = this.#in;
    const at = childPath(this.#at, field);
    const error = place.options.isStored ? undefined : costError(what, cost, at);
    if (error !== undefined) this.#errors.push(error);
    place.total.add(at, cost);
  }

  #checkCompilation({ error, messageError }: RuleCompilation): void {
    const shown = shownRule(this.#rule);
    if (error !== undefined) this.#errors.push(invalid(childPath(this.#at, 'rule'), shown, error));
    if (messageError === undefined) return;
    this.#errors.push(invalid(childPath(this.#at, 'messageExpression'), shown, messageError));
  }

  #checkOldSelf({ usesOldSelf }: RuleCompilation): void {
    const { uncorrelatable } = this.#in.place;
    const { rule, optionalOldSelf } = this.#rule;
    if (usesOldSelf && uncorrelatable !== undefined) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
      this.#errors.push(invalid(childPath(this.#at, 'rule'), rule, detail));
    }
    if (usesOldSelf || optionalOldSelf === undefined) return;
    const detail = 'may not be set if oldSelf is not used in rule';
    this.#errors.push(invalid(childPath(this.#at, 'optionalOldSelf'), optionalOldSelf, detail));
  }
}

/** A rule as messages show it: named like the fields of the internal type. */
function shownRule(rule: ValidationRule): JsonObject {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
