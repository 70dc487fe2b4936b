import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { asInstance, asString } from '../values/expect.ts';
import { opaqueType } from '../values/type.ts';
import { OpaqueValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** What an expression asks: a path, or a resource with everything that narrows it. */
export interface AuthorizationQuestion {
  /** Of another service account than the request's user. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly verb?: string;
}

/** What is answered. */
export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  /** Why it could not be decided. */
  readonly error?: string;
}

/** Decides at once; whoever provides it has what it needs at hand. */
export type Authorize = (question: AuthorizationQuestion) => AuthorizationAnswer;

const names = ['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'] as const;
const typeOfName = new Map(names.map((name) => [name, opaqueType(`kubernetes.authorization.${name}`)]));

/** A question in the making. */
class Check extends OpaqueValue {
  readonly type;
  readonly authorize: Authorize;
  readonly question: AuthorizationQuestion;

  constructor(kind: (typeof names)[number], authorize: Authorize, question: AuthorizationQuestion) {
    super();
    this.type = typeOfName.get(kind) ?? opaqueType(kind);
    this.authorize = authorize;
    this.question = question;
  }

  equals(other: OpaqueValue): boolean {
    return this === other;
  }

  to(kind: (typeof names)[number], more: AuthorizationQuestion): Check {
    return new Check(kind, this.authorize, { ...this.question, ...more });
  }
}

class Decision extends OpaqueValue {
  readonly type = typeOfName.get('Decision') ?? opaqueType('kubernetes.authorization.Decision');
  readonly answer: AuthorizationAnswer;

  constructor(answer: AuthorizationAnswer) {
    super();
    this.answer = answer;
  }

  equals(other: OpaqueValue): boolean {
    return this === other;
  }
}

/** The type of the variable `authorizer`. */
export const authorizerType = opaqueType('kubernetes.authorization.Authorizer');

/** The type of the variable `authorizer.requestResource`. */
export const resourceCheckType = opaqueType('kubernetes.authorization.ResourceCheck');

/** The value of the variable `authorizer`. */
export function authorizerValue(authorize: Authorize): Value {
  return new Check('Authorizer', authorize, {});
}

/** The value of `authorizer.requestResource`: a resource check that is already filled in. */
export function resourceCheckValue(authorize: Authorize, question: AuthorizationQuestion): Value {
  return new Check('ResourceCheck', authorize, question);
}

function step(kind: (typeof names)[number], field: keyof AuthorizationQuestion) {
  return (check: Value | undefined, text: Value | undefined): Value =>
    asInstance(Check, check).to(kind, { [field]: asString(text) });
}

function decide(check: Value | undefined, verb: Value | undefined): Value {
  const { authorize, question } = asInstance(Check, check);
  return new Decision(authorize({ ...question, verb: asString(verb) }));
}

function answer(read: (answer: AuthorizationAnswer) => Value): (value: Value | undefined) => Value {
  return (value) => read(asInstance(Decision, value).answer);
}

const p = 'kubernetes.authorization';
const resource = `${p}.ResourceCheck`;

/** Asking whether the request's user may do something (k8s.io/apiserver/pkg/cel/library authz.go). */
export const authorizerLibrary: Library = {
  name: 'kubernetes.authz',
  types: [...typeOfName.values()],
  functions: [
    declare('path', ['authorizer_path', `${p}.Authorizer.(string) -> ${p}.PathCheck`, step('PathCheck', 'path')]),
    declare('group', ['authorizer_group', `${p}.Authorizer.(string) -> ${p}.GroupCheck`, step('GroupCheck', 'group')]),
    declare('serviceAccount', [
      'authorizer_serviceaccount',
      `${p}.Authorizer.(string, string) -> ${p}.Authorizer`,
      (a, b, c) =>
        asInstance(Check, a).to('Authorizer', { serviceAccount: { namespace: asString(b), name: asString(c) } }),
    ]),
    declare('resource', [
      'groupcheck_resource',
      `${p}.GroupCheck.(string) -> ${resource}`,
      step('ResourceCheck', 'resource'),
    ]),
    ...(['subresource', 'namespace', 'name'] as const).map((field) =>
      declare(field, [`resourcecheck_${field}`, `${resource}.(string) -> ${resource}`, step('ResourceCheck', field)]),
    ),
    ...(['fieldSelector', 'labelSelector'] as const).map((field) =>
      declare(field, [
        `authorizer_${field.toLowerCase()}`,
        `${resource}.(string) -> ${resource}`,
        step('ResourceCheck', field),
      ]),
    ),
    declare(
      'check',
      ['pathcheck_check', `${p}.PathCheck.(string) -> ${p}.Decision`, decide],
      ['resourcecheck_check', `${resource}.(string) -> ${p}.Decision`, decide],
    ),
    declare('errored', ['decision_errored', `${p}.Decision.() -> bool`, answer(({ error }) => error !== undefined)]),
    declare('error', ['decision_error', `${p}.Decision.() -> string`, answer(({ error }) => error ?? '')]),
    declare('allowed', ['decision_allowed', `${p}.Decision.() -> bool`, answer(({ allowed }) => allowed)]),
    declare('reason', ['decision_reason', `${p}.Decision.() -> string`, answer(({ reason }) => reason)]),
  ],
};
