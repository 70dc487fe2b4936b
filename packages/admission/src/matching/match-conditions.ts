import { isArray, isObject, own, type JsonObject } from '@kcp/api-machinery';
import { compile, types, type Bindings, type Program } from '@kcp/cel';
import { LRUCache } from 'lru-cache';
import { admissionEnvironment } from './admission-environment.ts';
import type { RequestAuthorizer } from './request-authorizer.ts';

/** What matchConditions of one webhook or policy may cost together (RuntimeCELCostBudgetMatchConditions). */
const BUDGET = 2_500_000;

/** One of matchConditions, compiled; what could not be compiled says why. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
  readonly compiled:
    | { readonly ok: true; readonly program: Program }
    | { readonly ok: false; readonly message: string };
}

/** Compiles matchConditions of stored webhooks and policies. Equal expressions are compiled once, whoever has them. */
export type CompileConditions = (parent: JsonObject) => readonly MatchCondition[];

/** Guessed bytes of a compiled expression. */
const bytesOf = (expression: string): number => 2_048 + 64 * expression.length;

/** Compiles and remembers, by text, at most so many bytes by estimate. */
export function conditionCompiler(maxBytes = 4 * 2 ** 20): CompileConditions {
  const known = new LRUCache<string, MatchCondition['compiled']>({
    maxSize: maxBytes,
    sizeCalculation: (_, expression) => bytesOf(expression),
  });
  const compiled = (expression: string): MatchCondition['compiled'] => {
    const found = known.get(expression);
    if (found) return found;
    const made = compileCondition(expression);
    known.set(expression, made);
    return made;
  };
  return (parent) => {
    const list = own(parent, 'matchConditions');
    if (list === undefined || !isArray(list)) return [];
    return list.filter(isObject).map((condition) => {
      const expression = textOf(condition, 'expression');
      return { name: textOf(condition, 'name'), expression, compiled: compiled(expression) };
    });
  };
}

function textOf(json: JsonObject, field: string): string {
  const value = own(json, field);
  return typeof value === 'string' ? value : '';
}

/** An expression over a request that says yes or no. */
export function compileCondition(expression: string): MatchCondition['compiled'] {
  const result = compile(expression, admissionEnvironment());
  if (!result.ok) return { ok: false, message: `compilation failed: ${result.text}` };
  const { type, program } = result.compilation;
  if (type.equals(types.bool) || type.equals(types.dyn)) return { ok: true, program };
  return { ok: false, message: `must evaluate to bool but got ${type.toString()}` };
}

/** Whether all conditions hold. One that does not decides, even where others failed; failures are told together. */
export type ConditionsOutcome =
  | { readonly kind: 'match' }
  | { readonly kind: 'noMatch'; readonly condition: string }
  | { readonly kind: 'error'; readonly message: string };

/** Asks all conditions about a request (k8s.io/apiserver webhook/matchconditions). */
export async function evaluateConditions(
  conditions: readonly MatchCondition[],
  bindings: Bindings,
  authorizer: RequestAuthorizer,
): Promise<ConditionsOutcome> {
  const failures: string[] = [];
  let budget = BUDGET;
  let unmet: string | undefined;
  for (const { name, expression, compiled } of conditions) {
    if (!compiled.ok) {
      failures.push(`compilation error: ${compiled.message}`);
      continue;
    }
    const outcome = await authorizer.run(compiled.program, bindings, budget);
    budget -= outcome.cost;
    if (outcome.ok) {
      if (outcome.value !== true) unmet ??= name;
      continue;
    }
    if (outcome.error.reason === 'budget') return { kind: 'error', message: OUT_OF_BUDGET };
    failures.push(`expression '${expression}' resulted in error: ${outcome.error.message}`);
  }
  if (unmet !== undefined) return { kind: 'noMatch', condition: unmet };
  return failures.length === 0 ? { kind: 'match' } : { kind: 'error', message: together(failures) };
}

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** As Go's aggregate errors are shown: one by itself, several in brackets, each once. */
function together(messages: readonly string[]): string {
  const [first = '', ...others] = new Set(messages);
  return others.length === 0 ? first : `[${[first, ...others].join(', ')}]`;
}
