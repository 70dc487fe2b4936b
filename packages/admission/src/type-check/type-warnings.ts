import { itemPath, type GroupVersionKind, type JsonObject } from '@kcp/api-machinery';
import { compile, declareSchema, types, type SchemaTypes } from '@kcp/cel';
import type { KnownTypes } from '../expression/environment.ts';
import { compileVariables, policyEnvironment } from '../policy/compiled-policy.ts';
import { validatingSpec, type ValidatingSpec } from '../policy/stored-policy.ts';
import { kindSchema, type KindDefinitions } from './kind-schema.ts';

/** A kind that a policy is about, and what is known of it. */
export interface CheckedKind {
  readonly kind: GroupVersionKind;
  readonly definitions: KindDefinitions;
}

/** What may go wrong with an expression (status.typeChecking.expressionWarnings). */
export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

/** What to check. */
export interface TypeCheck {
  /** The spec of the policy. */
  readonly spec: JsonObject;
  readonly kinds: readonly CheckedKind[];
  /** Absent: parameters may be anything. */
  readonly params?: KindDefinitions | undefined;
}

/**
 * What validations and messages of a ValidatingAdmissionPolicy would meet in the kinds that it is about (k8s.io/apiserver
 * policy/validating typechecking.go): each expression is checked once for each kind, with `object` of its type.
 */
export function typeWarnings({ spec: json, kinds, params }: TypeCheck): readonly ExpressionWarning[] {
  const spec = validatingSpec(json);
  const params0 = params && declare(params, 'Params');
  const checks = kinds.map(({ kind, definitions }) => {
    const object = declare(definitions, kind.kind);
    return { shown: shownKind(kind), issues: checker(spec, knownTypes(object, params0)) };
  });
  const warningsOf = (fieldRef: string, expression: string): readonly ExpressionWarning[] => {
    const told = checks.flatMap(({ shown, issues }) => {
      const text = issues(expression);
      return text === undefined ? [] : [`${shown}: ${text}\n`];
    });
    return told.length === 0 ? [] : [{ fieldRef, warning: told.join('\n') }];
  };
  return spec.validations.flatMap(({ expression, messageExpression }, at) => {
    const path = itemPath('spec.validations', at);
    const message = messageExpression === '' ? [] : warningsOf(`${path}.messageExpression`, messageExpression);
    return [...warningsOf(`${path}.expression`, expression), ...message];
  });
}

/** As Go prints a GroupVersionKind. */
function shownKind({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}, Kind=${kind}`;
}

function declare(definitions: KindDefinitions, name: string): SchemaTypes | undefined {
  const schema = kindSchema(definitions);
  return schema && declareSchema(schema, name, false);
}

function knownTypes(object: SchemaTypes | undefined, params: SchemaTypes | undefined): KnownTypes {
  return {
    object: object?.root?.type ?? types.dyn,
    ...(params?.root && { params: params.root.type }),
    provider: { findStruct: (name) => object?.findStruct(name) ?? params?.findStruct(name) },
  };
}

function checker(spec: ValidatingSpec, known: KnownTypes): (expression: string) => string | undefined {
  const variables = compileVariables(spec, known);
  const env = policyEnvironment(spec, { authorizer: true, variables: variables.types, known });
  return (expression) => {
    const compiled = compile(expression, env);
    return compiled.ok ? undefined : compiled.text;
  };
}
