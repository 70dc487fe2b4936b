import { objectAt } from '@kcp/api-machinery';
import type { ClusterPath } from '@kcp/logical-cluster';
import { parsePath } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import {
  findType,
  qualified,
  typeNotFound,
  typeReferences,
  upwards,
  type FoundType,
  type TypeReference,
} from './workspace-type.ts';

/** Why a type cannot be used; the text is for who asked. */
export class TypeRefusal extends Error {
  override readonly name = 'TypeRefusal';
}

/**
 * Finds the type that a reference names: where its path says, else upwards from `from`, and in the root at last. Throws TypeRefusal.
 */
export function resolveType(store: Pick<ObjectReader, 'get'>, reference: TypeReference, from: ClusterPath): FoundType {
  if (reference.path !== '') {
    const found = findType(store, reference);
    if (found) return found;
    throw new TypeRefusal(`Internal error occurred: ${typeNotFound(reference).message}`);
  }
  for (const path of upwards(from)) {
    const found = findType(store, { path, name: reference.name });
    if (found) return found;
  }
  throw new TypeRefusal(`workspace type "${reference.name}" cannot be resolved`);
}

/** A type and all that it extends, itself last. Throws TypeRefusal where one is missing or they extend each other. */
export function withExtended(store: Pick<ObjectReader, 'get'>, type: FoundType): readonly FoundType[] {
  const seen = new Set([qualified(type)]);
  return [...extended(store, type, { seen, way: [] }), type];
}

interface Walk {
  readonly seen: Set<string>;
  /** From the first type to the one before this. */
  readonly way: readonly string[];
}

function extended(store: Pick<ObjectReader, 'get'>, type: FoundType, { seen, way }: Walk): readonly FoundType[] {
  const here = [...way, qualified(type)];
  const found: FoundType[] = [];
  for (const reference of typeReferences(objectAt(objectAt(type.object, 'spec'), 'extend'), 'with')) {
    const base = inherited(store, reference, type);
    const name = qualified(base);
    const at = here.indexOf(name);
    if (at >= 0) {
      const ring = here.slice(at).join(' -> ');
      throw new TypeRefusal(`circular dependency detected in workspace type ${name}: ${ring}`);
    }
    if (seen.has(name)) continue;
    seen.add(name);
    found.push(base, ...extended(store, base, { seen, way: here }));
  }
  return found;
}

function inherited(store: Pick<ObjectReader, 'get'>, reference: TypeReference, heir: FoundType): FoundType {
  const from = parsePath(heir.path);
  try {
    if (from) return resolveType(store, reference, from);
  } catch (error) {
    if (!(error instanceof TypeRefusal)) throw error;
  }
  throw new TypeRefusal(`unable to find inherited workspace type ${reference.name}`);
}
