import { equal, quote } from '@kcp/api-machinery';
import type { ConditionClaim } from '../definition/condition.ts';
import type { CustomResourceDefinition, DefinitionNames } from '../definition/custom-resource-definition.ts';
import type { NamesInUse } from './names-in-use.ts';

/** What naming decides about a definition. */
export interface AcceptedNames {
  readonly names: DefinitionNames;
  readonly claim: ConditionClaim;
}

/**
 * Which of a definition's names it gets (apiextensions controller/status). A name that another has stays what it was; the condition
 * NamesAccepted, which has its only writer here, tells of the last conflict found.
 */
export function acceptNames(definition: CustomResourceDefinition, inUse: NamesInUse): AcceptedNames {
  const wanted = definition.spec.names;
  const had = definition.status.acceptedNames;
  const conflicts: Conflict[] = [];
  const take = (name: 'plural' | 'singular' | 'kind' | 'listKind', taken: ReadonlySet<string>): string => {
    const want = wanted[name] ?? '';
    const has = had[name] ?? '';
    if (want === has || !taken.has(want)) return want;
    conflicts.push({ reason: REASONS[name], message: `${quote(want)} is already in use` });
    return has;
  };
  const plural = take('plural', inUse.resources);
  const singular = take('singular', inUse.resources);
  const shortNames = takeShortNames(wanted, had, { inUse, conflicts });
  const kind = take('kind', inUse.kinds);
  const listKind = take('listKind', inUse.kinds);
  const names = {
    plural,
    ...(singular !== '' && { singular }),
    ...(shortNames.length > 0 && { shortNames }),
    kind,
    ...(listKind !== '' && { listKind }),
    ...(wanted.categories !== undefined && { categories: wanted.categories }),
  };
  return { names, claim: claimOf(conflicts.at(-1)) };
}

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

const REASONS = {
  plural: 'PluralConflict',
  singular: 'SingularConflict',
  kind: 'KindConflict',
  listKind: 'ListKindConflict',
} as const;

function claimOf(conflict: Conflict | undefined): ConditionClaim {
  if (conflict !== undefined) return { type: 'NamesAccepted', status: 'False', ...conflict };
  return { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
}

interface Naming {
  readonly inUse: NamesInUse;
  readonly conflicts: Conflict[];
}

/** Short names are taken together or not at all. */
function takeShortNames(
  wanted: DefinitionNames,
  had: DefinitionNames,
  { inUse, conflicts }: Naming,
): readonly string[] {
  const [want, has] = [wanted.shortNames ?? [], had.shortNames ?? []];
  if (equal(want, has)) return want;
  const taken = want.filter((name) => !has.includes(name) && inUse.resources.has(name));
  if (taken.length === 0) return want;
  const messages = [...new Set(taken)].map((name) => `${quote(name)} is already in use`);
  const message = messages.length === 1 ? messages.join() : `[${messages.join(', ')}]`;
  conflicts.push({ reason: 'ShortNamesConflict', message });
  return has;
}
