import { ApiError, byCodePoint, quote } from '@kcp/api-machinery';
import { pathsOf } from './field-set.ts';
import type { FieldPath, FieldSet } from './field-set.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';
import { showPath } from './path-element.ts';

/** A field that an apply would change while another owner holds it. */
export interface Conflict {
  readonly owner: FieldOwner;
  readonly path: FieldPath;
}

/** The conflicts of contested fields, in the order of owners and paths. `contested` is by the keys of `owners`. */
export function conflictsOf(contested: ReadonlyMap<string, FieldSet>, owners: FieldOwners): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  for (const key of [...contested.keys()].toSorted(byCodePoint)) {
    const [owner, fields] = [owners.get(key), contested.get(key)];
    if (owner === undefined || fields === undefined) continue;
    for (const path of pathsOf(fields)) conflicts.push({ owner, path });
  }
  return conflicts;
}

/** 409 with a cause for each conflict (Go package managedfields, NewConflictError). */
export function conflictError(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${showOwner(owner)}`,
    field: showPath(path),
  }));
  return new ApiError('Conflict', message(conflicts), { details: { causes } });
}

function message(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (conflicts.length === 1 && only !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${showOwner(only.owner)}: ${showPath(only.path)}`;
  }
  const lines: string[] = [];
  let last: FieldOwner | undefined;
  for (const { owner, path } of conflicts) {
    if (owner !== last) lines.push(`conflicts with ${showOwner(owner)}:`);
    lines.push(`- ${showPath(path)}`);
    last = owner;
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function showOwner({ manager, operation, apiVersion, subresource }: FieldOwner): string {
  const name = quote(manager) + (subresource === '' ? '' : ` with subresource ${quote(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
