import { ApiError, parseLabelSelector, type LabelRequirement } from '@kcp/api-machinery';
import { CliError } from '../cli-error.ts';
import type { LabelSelectorObject } from '../kinds.ts';

/** Reads a label selector as kubectl takes it into the form that API objects have; undefined for an empty text. Throws CliError. */
export function parseLocationSelector(text: string): LabelSelectorObject | undefined {
  if (text === '') return undefined;
  const requirements = readRequirements(text);
  const equal = requirements.filter(({ operator }) => operator === '=' || operator === '==');
  const others = requirements.filter((one) => !equal.includes(one));
  return {
    ...(equal.length > 0 && {
      matchLabels: Object.fromEntries(equal.map(({ key, values: [value = ''] }) => [key, value])),
    }),
    ...(others.length > 0 && { matchExpressions: others.map(expression) }),
  };
}

type Expression = NonNullable<LabelSelectorObject['matchExpressions']>[number];

const operators: Readonly<Partial<Record<LabelRequirement['operator'], string>>> = {
  in: 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

function expression({ key, operator, values }: LabelRequirement): Expression {
  const name = operators[operator];
  if (name === undefined) throw invalid(`"${operator}" isn't supported in label selectors`);
  return { key, operator: name, ...(values.length > 0 && { values }) };
}

function readRequirements(text: string): readonly LabelRequirement[] {
  try {
    return parseLabelSelector(text).requirements;
  } catch (error) {
    throw error instanceof ApiError ? invalid(`couldn't parse the selector string "${text}": ${error.message}`) : error;
  }
}

function invalid(what: string): CliError {
  return new CliError(`invalid location selector: ${what}`);
}
