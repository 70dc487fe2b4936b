import type { CelType, Environment } from '@kcp/cel';
import { listType } from '@kcp/cel';
import { LRUCache } from 'lru-cache';
import { expressionEnvironment, type ExpressionScope, type KnownTypes } from '../expression/environment.ts';
import {
  BOOL,
  compileExpression,
  TEXT,
  TEXT_OR_NULL,
  type Expression,
  type Results,
} from '../expression/expression.ts';
import { jsonPatchType, objectType } from '../expression/patch-types.ts';
import { variableType } from '../expression/variable-types.ts';
import type { MutatingSpec, PolicySpec, StoredPolicy, ValidatingSpec } from './stored-policy.ts';

/** Expressions that every policy has. */
export interface CompiledCommon {
  /** By name; of variables of the same name the last. */
  readonly variables: ReadonlyMap<string, Expression>;
  readonly conditions: readonly Expression[];
}

/** The expressions of a validating policy, in the order of its spec. */
export interface CompiledValidating extends CompiledCommon {
  readonly validations: readonly Expression[];
  /** Undefined where a validation has none. */
  readonly messages: readonly (Expression | undefined)[];
  readonly annotations: readonly Expression[];
}

/** The expressions of a mutating policy. */
export interface CompiledMutating extends CompiledCommon {
  readonly mutations: readonly Expression[];
}

/** What the two kinds of changes must give. */
export const CHANGES: Readonly<Record<'ApplyConfiguration' | 'JSONPatch', Results>> = {
  ApplyConfiguration: [objectType],
  JSONPatch: [listType(jsonPatchType)],
};

/** The variables of a policy, compiled one after the other: each sees those before it. */
export interface CompiledVariables {
  readonly types: ReadonlyMap<string, CelType>;
  readonly expressions: ReadonlyMap<string, Expression>;
  /** In the order of the spec. */
  readonly all: readonly Expression[];
}

/** Compiles the variables of a policy. */
export function compileVariables(spec: PolicySpec, known?: KnownTypes): CompiledVariables {
  const types = new Map<string, CelType>();
  const expressions = new Map<string, Expression>();
  const all = spec.variables.map(({ name, expression }) => {
    const env = policyEnvironment(spec, { authorizer: true, variables: new Map(types), known });
    const compiled = compileExpression(expression, env, 'any');
    types.set(name, variableType(compiled.ok ? compiled.type : undefined));
    expressions.set(name, compiled);
    return compiled;
  });
  return { types, expressions, all };
}

/** The language of the expressions of a policy. */
export function policyEnvironment(
  spec: PolicySpec,
  scope: Omit<ExpressionScope, 'params' | 'known'> & { readonly known?: KnownTypes | undefined },
): Environment {
  const { known, ...rest } = scope;
  return expressionEnvironment({ ...rest, params: spec.paramKind !== undefined, ...(known && { known }) });
}

/** Compiles all expressions of a validating policy. What does not compile fails when it is to be run. */
export function compileValidating(spec: ValidatingSpec): CompiledValidating {
  const { types: variables, ...common } = compileCommon(spec);
  const env = policyEnvironment(spec, { authorizer: true, variables });
  const silent = policyEnvironment(spec, { authorizer: false, variables });
  return {
    ...common,
    validations: spec.validations.map(({ expression }) => compileExpression(expression, env, BOOL)),
    messages: spec.validations.map(({ messageExpression: text }) =>
      text === '' ? undefined : compileExpression(text, silent, TEXT),
    ),
    annotations: spec.auditAnnotations.map((each) => compileExpression(each.valueExpression, env, TEXT_OR_NULL)),
  };
}

/** Compiles all expressions of a mutating policy. */
export function compileMutating(spec: MutatingSpec): CompiledMutating {
  const { types: variables, ...common } = compileCommon(spec);
  const env = policyEnvironment(spec, { authorizer: true, variables, patchTypes: true });
  return {
    ...common,
    mutations: spec.mutations.map(({ patchType, expression }) =>
      compileExpression(expression, env, CHANGES[patchType]),
    ),
  };
}

function compileCommon(spec: PolicySpec): CompiledCommon & { readonly types: ReadonlyMap<string, CelType> } {
  const { types, expressions } = compileVariables(spec);
  const env = policyEnvironment(spec, { authorizer: true, variables: types });
  const conditions = spec.matchConditions.map(({ expression }) => compileExpression(expression, env, BOOL));
  return { types, variables: expressions, conditions };
}

/** Closures of an expression come to about so many bytes for each character. */
const BYTES_PER_CHARACTER = 40;

/** Keeps what policies compile to, by the hash of their expressions, at most so many bytes by estimate. */
export function compiledPolicies<S extends PolicySpec, C>(
  compile: (spec: S) => C,
  maxBytes: number,
): (policy: StoredPolicy<S>) => C {
  const kept = new LRUCache<string, { readonly compiled: C }>({ maxSize: maxBytes });
  return ({ spec, hash }) => {
    const known = kept.get(hash);
    if (known) return known.compiled;
    const compiled = compile(spec);
    kept.set(hash, { compiled }, { size: 1 + JSON.stringify(spec).length * BYTES_PER_CHARACTER });
    return compiled;
  };
}
