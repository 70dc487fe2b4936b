import type { LabelRequirement, LabelSelector } from './objects.ts';

type Labels = Readonly<Record<string, string>>;

/** True where labels match all of a selector (metav1.LabelSelector); one without requirements matches everything. */
export function matchesLabels({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  const exact = Object.keys(matchLabels).every((key) => valueOf(labels, key) === matchLabels[key]);
  return (
    exact && matchExpressions.every((requirement) => matchesRequirement(requirement, valueOf(labels, requirement.key)))
  );
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function matchesRequirement({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
