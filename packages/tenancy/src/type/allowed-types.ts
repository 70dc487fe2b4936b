import { byCodePoint, objectAt, optionalObjectAt } from '@kcp/api-machinery';
import { qualified, typeReferences, type FoundType, type TypeReference } from './workspace-type.ts';

/** A type with all that it extends, and as it was asked for. */
export interface Lineage {
  /** As it is named in messages. */
  readonly named: string;
  readonly types: readonly FoundType[];
}

/** One side of the question: which limit its types have, what the other side is called. */
interface Side {
  readonly field: 'limitAllowedParents' | 'limitAllowedChildren';
  readonly never: string;
  readonly other: 'parent' | 'child';
}

const CHILD: Side = { field: 'limitAllowedParents', never: 'cannot have any parent', other: 'parent' };
const PARENT: Side = { field: 'limitAllowedChildren', never: 'cannot have any child', other: 'child' };

const listed = (names: readonly string[]): string => `[${[...new Set(names)].sort(byCodePoint).join(' ')}]`;

/** Why a workspace of one type may not be below one of another; empty where it may (kcp's WorkspaceTypeExists). */
export function parentRefusals(parent: Lineage, child: Lineage): readonly string[] {
  return child.types.flatMap((type) => refusal(CHILD, type, { own: child, other: parent }) ?? []);
}

/** Why a workspace of one type may not have one of another below it; empty where it may. */
export function childRefusals(parent: Lineage, child: Lineage): readonly string[] {
  return parent.types.flatMap((type) => refusal(PARENT, type, { own: parent, other: child }) ?? []);
}

function refusal(
  side: Side,
  type: FoundType,
  { own, other }: { readonly own: Lineage; readonly other: Lineage },
): string | undefined {
  const limit = optionalObjectAt(objectAt(type.object, 'spec'), side.field);
  if (limit === undefined) return undefined;
  if (limit['none'] === true) return `workspace type ${own.named} ${side.never}`;
  const allowed = typeReferences(limit, 'types');
  if (allowed.length === 0 || meets(other, allowed)) return undefined;
  const extending = qualified(type) === own.named ? '' : ` extends ${qualified(type)}, which`;
  const only = `workspace type ${own.named}${extending} only allows ${listed(allowed.map(qualified))}`;
  const implemented = listed(other.types.map(qualified));
  return `${only} ${side.other} workspaces, but ${side.other} type ${other.named} only implements ${implemented}`;
}

function meets({ types }: Lineage, allowed: readonly TypeReference[]): boolean {
  const names = new Set(allowed.map(qualified));
  return types.some((type) => names.has(qualified(type)));
}
