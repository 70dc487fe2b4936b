import { badRequest } from './api-error.ts';
import { isArray, isObject, own } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { newRequirement } from './label-requirement.ts';
import type { LabelOperator, LabelRequirement } from './label-requirement.ts';
import { quote } from './go-format.ts';

/** A parsed label selector: labels match where every requirement holds, in the order of the keys (k8s.io/apimachinery labels.Selector). */
export interface LabelSelector {
  readonly requirements: readonly LabelRequirement[];
}

/** An object's labels. */
export type LabelSet = Readonly<Record<string, string>>;

/** The selector that every object matches. */
export const everything: LabelSelector = { requirements: [] };

/** The selector that no object matches: a value out of an empty set. */
export const nothing: LabelSelector = { requirements: [{ key: '', operator: 'in', values: [] }] };

/** True where all requirements hold. Absent labels satisfy `!key`, `!=` and `notin`. */
export function matchesLabels(selector: LabelSelector, labels: LabelSet | undefined): boolean {
  for (const requirement of selector.requirements) {
    const { key } = requirement;
    const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (!holds(requirement, value)) return false;
  }
  return true;
}

function holds(requirement: LabelRequirement, value: string | undefined): boolean {
  const { values } = requirement;
  switch (requirement.operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return compares(value, values[0], 1);
    case 'lt':
      return compares(value, values[0], -1);
    default:
      return requirement.operator satisfies never;
  }
}

function compares(value: string | undefined, limit: string | undefined, sign: 1 | -1): boolean {
  if (value === undefined || limit === undefined || !/^[+-]?\d{1,63}$/.test(value)) return false;
  const number = BigInt(value.replace('+', ''));
  if (BigInt.asIntN(64, number) !== number) return false;
  const bound = BigInt(limit.replace('+', ''));
  return sign > 0 ? number > bound : number < bound;
}

/** The selector as text, `a=b,c in (d,e),!f`; parses back to the same. */
export function formatLabelSelector(selector: LabelSelector): string {
  return selector.requirements.map(formatRequirement).join(',');
}

const SYMBOLS = {
  '=': '=',
  '==': '==',
  '!=': '!=',
  in: ' in ',
  notin: ' notin ',
  gt: '>',
  lt: '<',
  exists: '',
  '!': '',
} as const;

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === '!') return `!${key}`;
  const list = [...values].sort().join(',');
  return `${key}${SYMBOLS[operator]}${operator === 'in' || operator === 'notin' ? `(${list})` : list}`;
}

const EXPRESSION_OPERATORS = new Map<unknown, LabelOperator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * The selector of a metav1.LabelSelector (matchLabels and matchExpressions): an absent one matches nothing, an empty one
 * everything. Throws ApiError 400 where a key, a value or an operator is none.
 */
export function selectorFromLabelSelector(object: JsonObject | undefined): LabelSelector {
  if (object === undefined) return nothing;
  const requirements: LabelRequirement[] = [];
  const labels = own(object, 'matchLabels');
  if (isObject(labels)) {
    for (const key of Object.keys(labels)) requirements.push(newRequirement(key, '=', [textOf(labels[key])]));
  }
  for (const expression of list(own(object, 'matchExpressions'))) {
    if (isObject(expression)) requirements.push(fromExpression(expression));
  }
  return { requirements: sortByKey(requirements) };
}

function fromExpression(expression: JsonObject): LabelRequirement {
  const name = own(expression, 'operator') ?? '';
  const operator = EXPRESSION_OPERATORS.get(name);
  if (operator === undefined) throw badRequest(`${quote(textOf(name))} is not a valid label selector operator`);
  return newRequirement(textOf(own(expression, 'key')), operator, list(own(expression, 'values')).map(textOf));
}

function list(value: Json | undefined): readonly Json[] {
  return value !== undefined && isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Requirements in the order of their keys. */
export function sortByKey(requirements: LabelRequirement[]): LabelRequirement[] {
  return requirements.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
}
