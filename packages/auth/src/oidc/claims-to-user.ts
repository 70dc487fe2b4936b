import { isArray, own, type Json, type JsonObject } from '@kcp/api-machinery';
import type { UserInfo } from '../user.ts';
import { CREDENTIAL_ID_EXTRA } from '../well-known.ts';
import { evaluator, textList, userEvaluator, type CompiledExpression } from './claim-expressions.ts';
import type { Condition } from './compile-rules.ts';
import type { ClaimOrExpression, PrefixedClaimOrExpression } from './configuration.ts';
import type { JwtAuthenticatorPlan } from './validate-configuration.ts';
import type { Value } from '@kcp/cel';

type Evaluate = (expression: CompiledExpression) => Value;

/** Makes a user of verified claims (authenticator/token/oidc AuthenticateToken). Throws Error, whose text is in upstream's words. */
export function userOfClaims(claims: JsonObject, { configuration, claims: plan }: JwtAuthenticatorPlan): UserInfo {
  const { claimMappings: mappings, claimValidationRules } = configuration;
  const evaluate = evaluator(claims);
  const user: UserInfo = {
    name: usernameOf(claims, mappings.username, { expression: plan.username, evaluate }),
    groups: groupsOf(claims, mappings.groups, { expression: plan.groups, evaluate }),
    uid: uidOf(claims, mappings.uid, { expression: plan.uid, evaluate }),
    extra: extraOf(claims, plan.extra, evaluate),
  };
  for (const { claim, requiredValue } of claimValidationRules) {
    if (claim !== '') checkRequired(claims, claim, requiredValue);
  }
  about('error evaluating claim validation expression', () => checkAll(plan.conditions, evaluate));
  if (plan.userConditions.length > 0) {
    about('error evaluating user info validation rule', () => checkAll(plan.userConditions, userEvaluator(user)));
  }
  return user;
}

interface Computed {
  readonly expression: CompiledExpression | undefined;
  readonly evaluate: Evaluate;
}

function usernameOf(
  claims: JsonObject,
  mapping: PrefixedClaimOrExpression,
  { expression, evaluate }: Computed,
): string {
  if (expression) {
    const name = about('error evaluating username claim expression', () => textOf(evaluate(expression), 'username'));
    if (name === '') throw new Error('oidc: empty username via CEL expression is not allowed');
    return name;
  }
  const name = about(`parse username claims ${JSON.stringify(mapping.claim)}`, () => textClaim(claims, mapping.claim));
  if (mapping.claim === 'email' && Object.hasOwn(claims, 'email_verified')) {
    const verified = own(claims, 'email_verified');
    if (typeof verified !== 'boolean') throw new Error("oidc: parse 'email_verified' claim: it is no boolean");
    if (!verified) throw new Error('oidc: email not verified');
  }
  return (mapping.prefix ?? '') + name;
}

function groupsOf(
  claims: JsonObject,
  mapping: PrefixedClaimOrExpression,
  { expression, evaluate }: Computed,
): readonly string[] {
  if (expression) return about('error evaluating group claim expression', () => textList(evaluate(expression)));
  const { claim, prefix = '' } = mapping;
  const value = claim === '' ? undefined : own(claims, claim);
  if (value === undefined || value === null) return [];
  const groups = isArray(value) ? value : [value];
  return groups.map((group) => {
    if (typeof group !== 'string')
      throw new Error(`oidc: parse groups claim ${JSON.stringify(claim)}: it is no list of strings`);
    return prefix + group;
  });
}

function uidOf(claims: JsonObject, { claim }: ClaimOrExpression, { expression, evaluate }: Computed): string {
  if (expression) return about('error evaluating uid claim expression', () => textOf(evaluate(expression), 'uid'));
  return claim === '' ? '' : about(`parse uid claim ${JSON.stringify(claim)}`, () => textClaim(claims, claim));
}

function extraOf(
  claims: JsonObject,
  mappings: JwtAuthenticatorPlan['claims']['extra'],
  evaluate: Evaluate,
): UserInfo['extra'] {
  const found: [string, readonly string[]][] = [];
  const id = own(claims, 'jti');
  if (typeof id === 'string' && id !== '') found.push([CREDENTIAL_ID_EXTRA, [`JTI=${id}`]]);
  for (const { key, expression } of mappings) {
    const what = `error evaluating extra claim expression: ${expression.text}`;
    const values = about(what, () => textList(evaluate(expression)));
    if (values.length > 0) found.push([key, values]);
  }
  return Object.fromEntries(found);
}

/** A claim's value that is no string is refused, even one that reads the same. */
function checkRequired(claims: JsonObject, claim: string, wanted: string): void {
  if (!Object.hasOwn(claims, claim)) throw new Error(`oidc: required claim ${claim} not present in ID token`);
  const got = about(`parse claim ${claim}`, () => textClaim(claims, claim));
  if (got !== wanted)
    throw new Error(`oidc: required claim ${claim} value does not match. Got = ${got}, want = ${wanted}`);
}

function checkAll(conditions: readonly Condition[], evaluate: Evaluate): void {
  for (const { expression, message } of conditions) {
    const value = evaluate(expression);
    if (typeof value !== 'boolean') throw new Error('validation expression must return a boolean');
    if (!value) throw new Error(`validation expression '${expression.text}' failed: ${message}`);
  }
}

function textOf(value: Value, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} claim expression must return a string`);
  return value;
}

function textClaim(claims: JsonObject, name: string): string {
  const value: Json | undefined = own(claims, name);
  if (value === undefined) throw new Error('claim not present');
  if (typeof value !== 'string') throw new Error('it is no string');
  return value;
}

function about<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`oidc: ${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
