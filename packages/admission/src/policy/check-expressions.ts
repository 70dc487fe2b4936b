import type { JsonObject } from '@kcp/api-machinery';
import type { CelType } from '@kcp/cel';
import { BOOL, compileExpression, TEXT, TEXT_OR_NULL, type Results } from '../expression/expression.ts';
import { CHANGES, compileVariables, policyEnvironment } from './compiled-policy.ts';
import { commonSpec, type PolicySpec } from './stored-policy.ts';

/** What is wrong with an expression, as validation of the object that holds it says it; undefined where nothing is. */
export type ExpressionFault = string | undefined;

/** What an expression of a policy is for: what it may use and must give hangs on it. */
export type ExpressionRole =
  | 'matchCondition'
  | 'validation'
  | 'message'
  | 'auditAnnotation'
  | 'ApplyConfiguration'
  | 'JSONPatch';

interface Demand {
  readonly results: Results;
  readonly authorizer: boolean;
  readonly variables: boolean;
  readonly patchTypes?: boolean;
}

const DEMANDS: Readonly<Record<ExpressionRole, Demand>> = {
  matchCondition: { results: BOOL, authorizer: true, variables: false },
  validation: { results: BOOL, authorizer: true, variables: true },
  message: { results: TEXT, authorizer: false, variables: true },
  auditAnnotation: { results: TEXT_OR_NULL, authorizer: true, variables: true },
  ApplyConfiguration: {
    results: CHANGES.ApplyConfiguration,
    authorizer: true,
    variables: true,
    patchTypes: true,
  },
  JSONPatch: { results: CHANGES.JSONPatch, authorizer: true, variables: true, patchTypes: true },
};

/** The expressions of a policy that is about to be stored (pkg/apis/admissionregistration/validation). */
export interface PolicyExpressions {
  /** Of the variable at this place of the spec. */
  variable(at: number): ExpressionFault;
  check(role: ExpressionRole, expression: string): ExpressionFault;
}

/** Compiles what is asked for, with the variables and parameters of a policy's spec as it came. */
export function policyExpressions(json: JsonObject): PolicyExpressions {
  const spec = commonSpec(json);
  const variables = compileVariables(spec);
  return {
    variable: (at) => faultOf(variables.all[at]),
    check: (role, expression) => check(spec, { role, expression, types: variables.types }),
  };
}

/** What is wrong with a match condition of a webhook: it sees no parameters and no variables. */
export function matchConditionFault(expression: string): ExpressionFault {
  return policyExpressions({}).check('matchCondition', expression);
}

function check(
  spec: PolicySpec,
  asked: { readonly role: ExpressionRole; readonly expression: string; readonly types: ReadonlyMap<string, CelType> },
): ExpressionFault {
  const { results, authorizer, variables, patchTypes = false } = DEMANDS[asked.role];
  const env = policyEnvironment(spec, {
    authorizer,
    patchTypes,
    ...(variables && asked.types.size > 0 && { variables: asked.types }),
  });
  return faultOf(compileExpression(asked.expression, env, results));
}

function faultOf(compiled: ReturnType<typeof compileExpression> | undefined): ExpressionFault {
  return compiled === undefined || compiled.ok ? undefined : compiled.message;
}
