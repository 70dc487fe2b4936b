import type { GroupVersionKind, GroupVersionResource, LabelSelector } from '@kcp/api-machinery';
import type { AdmissionAttributes, EquivalentKind } from '../admission.ts';
import { matchesRule, type Rule } from './rule.ts';
import { matchesNamespace, matchesObject, type FindNamespace } from './selectors.ts';

/** Which requests a webhook or a policy is about. */
export interface MatchCriteria {
  readonly rules: readonly Rule[];
  /** Requests that a rule of these matches are left out (policies). */
  readonly excludeRules?: readonly Rule[];
  /** Exact: rules count for the version that is asked for only. */
  readonly matchPolicy: 'Equivalent' | 'Exact';
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

/** That a request is meant, and as what it is shown. */
export interface Match {
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  /** Where rules name another version than the request's: how objects get there. */
  readonly equivalent?: EquivalentKind;
}

/**
 * The first rule that is about a request, in the request's own version or else, where that is enough, in another one; undefined
 * where none is (k8s.io/apiserver generic.ShouldCallHook).
 */
export function matchRules(
  rules: readonly Rule[],
  policy: MatchCriteria['matchPolicy'],
  attributes: AdmissionAttributes,
): Match | undefined {
  const { resource, kind } = attributes;
  if (rules.some((rule) => matchesRule(rule, attributes))) return { resource, kind };
  if (policy === 'Exact' || rules.length === 0) return undefined;
  const equivalents = attributes.equivalents();
  if (equivalents.length === 0) return undefined;
  for (const rule of rules) {
    const found = equivalents.find(
      (other) => !isSame(other.resource, resource) && matchesRule(rule, { ...attributes, resource: other.resource }),
    );
    if (found) return shownAs(found, attributes);
  }
  return undefined;
}

function isSame(a: GroupVersionResource, b: GroupVersionResource): boolean {
  return a.group === b.group && a.version === b.version && a.resource === b.resource;
}

/** A sub-resource of another kind, such as a Scale, is the same in all versions. */
function shownAs(equivalent: EquivalentKind, { subresource, kind, resource }: AdmissionAttributes): Match {
  const isOwnKind = subresource === '' || kind.group === resource.group;
  return isOwnKind
    ? { resource: equivalent.resource, kind: equivalent.kind, equivalent }
    : { resource: equivalent.resource, kind };
}

/**
 * Whether and as what a request is meant; undefined where it is not. A namespace that is not there is an error only for who would
 * have been meant otherwise. Throws NotFound for it.
 */
export function findMatch(
  criteria: MatchCriteria,
  attributes: AdmissionAttributes,
  find: FindNamespace,
): Match | undefined {
  if (!matchesObject(criteria.objectSelector, attributes)) return undefined;
  const match = matchRules(criteria.rules, criteria.matchPolicy, attributes);
  if (match === undefined) return undefined;
  const { excludeRules = [] } = criteria;
  if (excludeRules.length > 0 && matchRules(excludeRules, criteria.matchPolicy, attributes)) return undefined;
  return matchesNamespace(criteria.namespaceSelector, attributes, find) ? match : undefined;
}
