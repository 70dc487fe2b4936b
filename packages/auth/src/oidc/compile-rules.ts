import { addErrors, childPath, duplicate, invalid, itemPath, required, type FieldError } from '@kcp/api-machinery';
import { compileExpression, readsClaim, type CompiledExpression, type Subject } from './claim-expressions.ts';
import type {
  ClaimMappings,
  ClaimValidationRule,
  PrefixedClaimOrExpression,
  UserValidationRule,
} from './configuration.ts';
import { extraKeyErrors } from './extra-keys.ts';

/** An expression that must hold. */
export interface Condition {
  readonly expression: CompiledExpression;
  readonly message: string;
}

/** The expressions of one authenticator, compiled. */
export interface ClaimPlan {
  readonly username?: CompiledExpression;
  readonly groups?: CompiledExpression;
  readonly uid?: CompiledExpression;
  readonly extra: readonly { readonly key: string; readonly expression: CompiledExpression }[];
  readonly conditions: readonly Condition[];
  readonly userConditions: readonly Condition[];
}

interface Conditions {
  readonly errors: readonly FieldError[];
  readonly conditions: readonly Condition[];
}

const BOTH = "claim and expression can't both be set";

/** Compiles the rules about claims. */
export function claimRules(rules: readonly ClaimValidationRule[], path: string): Conditions {
  const errors: FieldError[] = [];
  const claims = new Set<string>();
  const expressions: UniqueConditions = new UniqueConditions('claims', errors);
  for (const [index, rule] of rules.entries()) {
    const at = itemPath(path, index);
    const { claim, expression, message, requiredValue } = rule;
    if (claim !== '' && expression !== '') {
      errors.push(invalid(at, claim, BOTH));
    } else if (claim === '' && expression === '') {
      errors.push(required(at, 'claim or expression is required'));
    } else if (claim !== '') {
      if (message !== '')
        errors.push(invalid(childPath(at, 'message'), message, 'may not be specified when claim is set'));
      if (claims.has(claim)) errors.push(duplicate(childPath(at, 'claim'), claim));
      claims.add(claim);
    } else {
      if (requiredValue !== '') {
        errors.push(
          invalid(childPath(at, 'requiredValue'), requiredValue, 'may not be specified when expression is set'),
        );
      }
      expressions.add({ expression, message }, childPath(at, 'expression'));
    }
  }
  return { errors, conditions: expressions.conditions };
}

/** Compiles the rules about users. */
export function userRules(rules: readonly UserValidationRule[], path: string): Conditions {
  const errors: FieldError[] = [];
  const expressions = new UniqueConditions('user', errors);
  for (const [index, rule] of rules.entries()) {
    const at = childPath(itemPath(path, index), 'expression');
    if (rule.expression === '') errors.push(required(at));
    else expressions.add(rule, at);
  }
  return { errors, conditions: expressions.conditions };
}

class UniqueConditions {
  readonly conditions: Condition[] = [];
  readonly #seen = new Set<string>();
  readonly #subject: Subject;
  readonly #errors: FieldError[];

  constructor(subject: Subject, errors: FieldError[]) {
    this.#subject = subject;
    this.#errors = errors;
  }

  add({ expression, message }: UserValidationRule, field: string): void {
    if (this.#seen.has(expression)) {
      this.#errors.push(duplicate(field, expression));
      return;
    }
    this.#seen.add(expression);
    const compiled = compileExpression(expression, { field, subject: this.#subject, condition: true });
    if (compiled.ok) this.conditions.push({ expression: compiled.expression, message });
    else this.#errors.push(compiled.error);
  }
}

/** Compiles the mappings. `conditions` are the rules about claims: who uses the e-mail address must look whether it is verified. */
export function claimMappings(
  mappings: ClaimMappings,
  path: string,
  conditions: readonly Condition[],
): { readonly errors: readonly FieldError[]; readonly plan: Pick<ClaimPlan, 'username' | 'groups' | 'uid' | 'extra'> } {
  const errors: FieldError[] = [];
  const compiled = (expression: string, field: string): CompiledExpression | undefined => {
    const result = compileExpression(expression, { field, subject: 'claims', condition: false });
    if (result.ok) return result.expression;
    errors.push(result.error);
    return undefined;
  };
  const mapped = (mapping: PrefixedClaimOrExpression, at: string): CompiledExpression | undefined => {
    addErrors(errors, mappingErrors(mapping, at));
    const usable = mapping.claim === '' && mapping.expression !== '';
    return usable ? compiled(mapping.expression, childPath(at, 'expression')) : undefined;
  };
  const usernameAt = childPath(path, 'username');
  if (mappings.username.claim === '' && mappings.username.expression === '') {
    errors.push(required(usernameAt, 'claim or expression is required'));
  }
  const username = mapped(mappings.username, usernameAt);
  const groups = mapped(mappings.groups, childPath(path, 'groups'));
  const { uid: uidMapping } = mappings;
  if (uidMapping.claim !== '' && uidMapping.expression !== '') errors.push(invalid(childPath(path, 'uid'), '', BOTH));
  const hasUid = uidMapping.claim === '' && uidMapping.expression !== '';
  const uid = hasUid ? compiled(uidMapping.expression, childPath(path, 'uid.expression')) : undefined;
  const extra = extraMappings(mappings.extra, { path: childPath(path, 'extra'), errors, compiled });
  const verified = [
    username,
    ...extra.map(({ expression }) => expression),
    ...conditions.map((each) => each.expression),
  ];
  if (
    username &&
    readsClaim(username, 'email') &&
    !verified.some((each) => each && readsClaim(each, 'email_verified'))
  ) {
    errors.push(invalid(childPath(path, 'username.expression'), mappings.username.expression, UNVERIFIED));
  }
  return { errors, plan: { ...(username && { username }), ...(groups && { groups }), ...(uid && { uid }), extra } };
}

const UNVERIFIED =
  'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression';

function mappingErrors({ claim, expression, prefix }: PrefixedClaimOrExpression, at: string): readonly FieldError[] {
  if (claim !== '' && expression !== '') return [invalid(at, '', BOTH)];
  const where = childPath(at, 'prefix');
  if (expression !== '' && prefix !== undefined) {
    return [invalid(where, prefix, 'may not be specified when expression is set')];
  }
  if (claim === '' || prefix !== undefined) return [];
  return [
    required(where, 'prefix is required when claim is set. It can be set to an empty string to disable prefixing'),
  ];
}

function extraMappings(
  extra: ClaimMappings['extra'],
  parts: {
    readonly path: string;
    readonly errors: FieldError[];
    readonly compiled: (expression: string, field: string) => CompiledExpression | undefined;
  },
): ClaimPlan['extra'] {
  const { path, errors, compiled } = parts;
  const seen = new Set<string>();
  return extra.flatMap(({ key, valueExpression }, index) => {
    const at = itemPath(path, index);
    const keyAt = childPath(at, 'key');
    const expressionAt = childPath(at, 'valueExpression');
    addErrors(errors, extraKeyErrors(key, keyAt));
    if (seen.has(key)) {
      errors.push(duplicate(keyAt, key));
      return [];
    }
    seen.add(key);
    if (valueExpression === '') {
      errors.push(required(expressionAt));
      return [];
    }
    const expression = compiled(valueExpression, expressionAt);
    return expression ? [{ key, expression }] : [];
  });
}
