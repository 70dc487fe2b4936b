import { invalid, type FieldError, type Json } from '@kcp/api-machinery';
import {
  compile,
  declareSchema,
  kubernetesEnvironment,
  ListValue,
  mapType,
  perCallLimit,
  types,
  valueFromJson,
  type Compilation,
  type Environment,
  type Value,
} from '@kcp/cel';
import type { UserInfo } from '../user.ts';
import { claimValue } from './claim-values.ts';

/** An expression of a configuration, ready to run. */
export interface CompiledExpression {
  readonly text: string;
  readonly compilation: Compilation;
}

/** What an expression is about. */
export type Subject = 'claims' | 'user';

/** What compiling yields: the expression, or what is wrong with it. */
export type Compiled =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly error: FieldError };

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const userTypes = declareSchema(
  {
    type: 'object',
    properties: {
      username: text,
      uid: text,
      groups: texts,
      extra: { type: 'object', additionalProperties: texts },
    },
  },
  'kubernetes.UserInfo',
  false,
);

let environments: Record<Subject, Environment> | undefined;

/** Made when first needed: most servers have no expression. */
function environmentOf(subject: Subject): Environment {
  environments ??= {
    claims: kubernetesEnvironment.extend({ variables: [{ name: 'claims', type: mapType(types.string, types.dyn) }] }),
    user: kubernetesEnvironment.extend({
      provider: userTypes,
      variables: [{ name: 'user', type: userTypes.root?.type ?? types.dyn }],
    }),
  };
  return environments[subject];
}

/** Compiles an expression of a field; one that is a condition must be a bool (pkg/authentication/cel). */
export function compileExpression(
  source: string,
  options: { field: string; subject: Subject; condition: boolean },
): Compiled {
  const result = compile(source, environmentOf(options.subject));
  const wrong = (why: string): Compiled => ({ ok: false, error: invalid(options.field, source, why) });
  if (!result.ok) return wrong(`compilation failed: ${result.text}`);
  if (options.condition && !result.compilation.type.equals(types.bool)) return wrong('must evaluate to bool');
  return { ok: true, expression: { text: source, compilation: result.compilation } };
}

/** Evaluates expressions about one token; the claims are made values once. Throws Error for what has no value. */
export function evaluator(claims: Json): (expression: CompiledExpression) => Value {
  const value = claimValue(claims);
  return (expression) => evaluate(expression, { claims: value });
}

/** The same about the user that came out. */
export function userEvaluator({ name, uid, groups, extra }: UserInfo): (expression: CompiledExpression) => Value {
  const user = valueFromJson({ username: name, uid, groups, extra }, userTypes.root);
  return (expression) => evaluate(expression, { user });
}

function evaluate({ text, compilation }: CompiledExpression, bindings: Readonly<Record<string, Value>>): Value {
  const outcome = compilation.program.run(bindings, { costLimit: perCallLimit });
  if (outcome.ok) return outcome.value;
  throw new Error(`expression '${text}' resulted in error: ${outcome.error.message}`);
}

/** A value as a list of texts; nothing, null and empty texts are left out. Throws Error for other values. */
export function textList(value: Value): readonly string[] {
  if (value === null || value === '') return [];
  if (typeof value === 'string') return [value];
  const wrong = (): Error => new Error('expression must return a string or a list of strings');
  if (!(value instanceof ListValue)) throw wrong();
  const found: string[] = [];
  for (let at = 0; at < value.size; at += 1) {
    const item = value.at(at);
    if (typeof item !== 'string') throw wrong();
    if (item !== '') found.push(item);
  }
  return found;
}

/** True where an expression reads a claim by its name, `claims.email` or `claims.?email`. */
export function readsClaim({ compilation }: CompiledExpression, claim: string): boolean {
  return reads(compilation.expr, claim);
}

type Expr = Compilation['expr'];

function reads(expr: Expr, claim: string): boolean {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return false;
    case 'select':
      return (isClaims(expr.operand) && expr.field === claim) || reads(expr.operand, claim);
    case 'call':
      return isOptionalRead(expr, claim) || [expr.target, ...expr.args].some((part) => part && reads(part, claim));
    case 'list':
      return expr.elements.some((element) => reads(element, claim));
    case 'map':
      return expr.entries.some(({ key, value }) => reads(key, claim) || reads(value, claim));
    case 'struct':
      return expr.fields.some(({ value }) => reads(value, claim));
    case 'fold':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result].some((part) => reads(part, claim));
  }
}

function isClaims(expr: Expr | undefined): boolean {
  return expr?.kind === 'ident' && expr.name === 'claims';
}

function isOptionalRead({ fn, target, args }: Extract<Expr, { kind: 'call' }>, claim: string): boolean {
  const [operand, field] = args;
  return fn === '_?._' && !target && isClaims(operand) && field?.kind === 'literal' && field.value === claim;
}
