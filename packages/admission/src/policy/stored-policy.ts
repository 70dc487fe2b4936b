import { createHash } from 'node:crypto';
import {
  everything,
  selectorFromLabelSelector,
  stringifyJson,
  type JsonObject,
  type KubeObject,
  type LabelSelector,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import type { MatchCriteria } from '../matching/match.ts';
import { decodeRules, type Rule } from '../matching/rule.ts';

/** What is computed under a name: a variable, a match condition. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** The kind of a policy's parameters. */
export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What validating and mutating policies have in common. */
export interface PolicySpec {
  /** Absent: there are no parameters. */
  readonly paramKind: ParamKind | undefined;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly matchConditions: readonly NamedExpression[];
  readonly variables: readonly NamedExpression[];
}

/** One thing that must hold. */
export interface Validation {
  readonly expression: string;
  /** Empty: none. */
  readonly message: string;
  readonly messageExpression: string;
  /** Empty: Invalid. */
  readonly reason: string;
}

/** A fact for the audit events of a request. */
export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

/** The spec of a ValidatingAdmissionPolicy. */
export interface ValidatingSpec extends PolicySpec {
  readonly validations: readonly Validation[];
  readonly auditAnnotations: readonly AuditAnnotation[];
}

/** One change of a MutatingAdmissionPolicy. */
export interface MutationSpec {
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch';
  readonly expression: string;
}

/** The spec of a MutatingAdmissionPolicy. */
export interface MutatingSpec extends PolicySpec {
  readonly mutations: readonly MutationSpec[];
  readonly reinvocationPolicy: 'IfNeeded' | 'Never';
}

/** A policy as it is stored. */
export interface StoredPolicy<S extends PolicySpec = PolicySpec> {
  readonly name: string;
  readonly match: MatchCriteria;
  readonly spec: S;
  /** Equal for policies whose expressions are the same: what they compile to is shared. */
  readonly hash: string;
}

/** Which parameters a binding names. */
export interface ParamRef {
  /** Empty: those that the selector selects. */
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector | undefined;
  readonly notFound: 'Allow' | 'Deny';
}

/** A binding as it is stored. */
export interface StoredBinding {
  readonly name: string;
  readonly policyName: string;
  readonly paramRef: ParamRef | undefined;
  /** Absent: whatever the policy matches. */
  readonly match: MatchCriteria | undefined;
  /** Of validating bindings: Deny, Warn, Audit. */
  readonly actions: readonly string[];
}

/** Reads a stored ValidatingAdmissionPolicy. */
export function decodeValidatingPolicy(object: KubeObject): StoredPolicy<ValidatingSpec> {
  const spec = objectAt(object, 'spec');
  return policyOf(object, spec, validatingSpec(spec));
}

/** Reads the spec of a ValidatingAdmissionPolicy. */
export function validatingSpec(spec: JsonObject): ValidatingSpec {
  return {
    ...commonSpec(spec),
    validations: objectsAt(spec, 'validations').map((validation) => ({
      expression: textAt(validation, 'expression'),
      message: textAt(validation, 'message'),
      messageExpression: textAt(validation, 'messageExpression'),
      reason: textAt(validation, 'reason'),
    })),
    auditAnnotations: objectsAt(spec, 'auditAnnotations').map((annotation) => ({
      key: textAt(annotation, 'key'),
      valueExpression: textAt(annotation, 'valueExpression'),
    })),
  };
}

/** Reads a stored MutatingAdmissionPolicy. */
export function decodeMutatingPolicy(object: KubeObject): StoredPolicy<MutatingSpec> {
  const spec = objectAt(object, 'spec');
  return policyOf(object, spec, {
    ...commonSpec(spec),
    mutations: objectsAt(spec, 'mutations').map((mutation) => {
      const patchType = textAt(mutation, 'patchType') === 'JSONPatch' ? 'JSONPatch' : 'ApplyConfiguration';
      const change = objectAt(mutation, patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration');
      return { patchType, expression: textAt(change, 'expression') };
    }),
    reinvocationPolicy: textAt(spec, 'reinvocationPolicy') === 'IfNeeded' ? 'IfNeeded' : 'Never',
  });
}

/** Reads a stored binding of either kind. */
export function decodeBinding(object: KubeObject): StoredBinding {
  const spec = objectAt(object, 'spec');
  const [ref, match] = [optionalObjectAt(spec, 'paramRef'), optionalObjectAt(spec, 'matchResources')];
  return {
    name: object.metadata.name ?? '',
    policyName: textAt(spec, 'policyName'),
    paramRef: ref && {
      name: textAt(ref, 'name'),
      namespace: textAt(ref, 'namespace'),
      selector: optionalObjectAt(ref, 'selector') && selectorOf(ref, 'selector'),
      notFound: textAt(ref, 'parameterNotFoundAction') === 'Allow' ? 'Allow' : 'Deny',
    },
    match: match && { ...criteria(match), rules: rulesOrAll(match) },
    actions: textsAt(spec, 'validationActions'),
  };
}

/** What is common to both kinds, of a spec as it is in JSON. */
export function commonSpec(spec: JsonObject): PolicySpec {
  const kind = optionalObjectAt(spec, 'paramKind');
  const named = (field: string): readonly NamedExpression[] =>
    objectsAt(spec, field).map((each) => ({ name: textAt(each, 'name'), expression: textAt(each, 'expression') }));
  return {
    paramKind: kind && { apiVersion: textAt(kind, 'apiVersion'), kind: textAt(kind, 'kind') },
    failurePolicy: textAt(spec, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    matchConditions: named('matchConditions'),
    variables: named('variables'),
  };
}

function policyOf<S extends PolicySpec>(object: KubeObject, json: JsonObject, spec: S): StoredPolicy<S> {
  const { matchConstraints: _, ...hashed } = json;
  return {
    name: object.metadata.name ?? '',
    match: criteria(objectAt(json, 'matchConstraints')),
    spec,
    hash: createHash('sha256').update(stringifyJson(hashed)).digest('base64'),
  };
}

function criteria(match: JsonObject): MatchCriteria {
  return {
    rules: decodeRules(match, 'resourceRules'),
    excludeRules: decodeRules(match, 'excludeResourceRules'),
    matchPolicy: textAt(match, 'matchPolicy') === 'Exact' ? 'Exact' : 'Equivalent',
    namespaceSelector: selectorOf(match, 'namespaceSelector'),
    objectSelector: selectorOf(match, 'objectSelector'),
  };
}

const ALL: Rule = {
  operations: ['*'],
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: ['*/*'],
  scope: '*',
  resourceNames: [],
};

/** A binding without rules is about all that its policy is about. */
function rulesOrAll(match: JsonObject): readonly Rule[] {
  const rules = decodeRules(match, 'resourceRules');
  return rules.length > 0 ? rules : [ALL];
}

function selectorOf(parent: JsonObject, field: string): LabelSelector {
  const selector = optionalObjectAt(parent, field);
  return selector === undefined ? everything : selectorFromLabelSelector(selector);
}
