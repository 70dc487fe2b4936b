import type { JsonObject } from '@kcp/api-machinery';
import {
  type CustomResourceDefinition,
  type DefinitionVersion,
  versionsOf,
} from '../definition/custom-resource-definition.ts';
import { isConditionTrue } from '../definition/condition.ts';
import { type ContentHash, contentHash } from './content-hash.ts';

/** Raised when equal definitions are served differently than before: it goes into every hash and into what rows bear. */
export const SERVING_VERSION = 1;

/** What two definitions that are served alike have in common. */
export interface DefinitionIdentity {
  /** Over everything that decides how the kind is served; not over the definition's own metadata and conditions. */
  readonly hash: string;
  /** The same whether the definition is being deleted or not: what watches of its instances depend on. */
  readonly stableHash: string;
  /** Per version that is in the spec: the hash and size of its schema. */
  readonly schemas: ReadonlyMap<string, ContentHash>;
  /** Characters of the canonical JSON. */
  readonly length: number;
}

/** The identity of a definition. Costs a walk over the whole definition: kept per revision, never taken per request. */
export function identify(definition: CustomResourceDefinition): DefinitionIdentity {
  const schemas = new Map<string, ContentHash>();
  let length = 0;
  const versions = versionsOf(definition).map((version) => {
    const schema = contentHash(schemaOf(version));
    schemas.set(version.name, schema);
    length += schema.length;
    return { ...version, schema: schema.hash };
  });
  const { acceptedNames } = definition.status;
  const rest = contentHash({
    serving: SERVING_VERSION,
    spec: { ...definition.spec, versions },
    acceptedNames,
  });
  const hash = isTerminating(definition) ? `${rest.hash}:terminating` : rest.hash;
  return { hash, stableHash: rest.hash, schemas, length: length + rest.length };
}

/** A version's schema, the empty one where it has none. */
export function schemaOf(version: DefinitionVersion): JsonObject {
  return version.schema?.openAPIV3Schema ?? {};
}

/** True while a definition is being deleted: nothing new can be created. */
export function isTerminating(definition: CustomResourceDefinition): boolean {
  return definition.metadata.deletionTimestamp !== undefined || isConditionTrue(definition, 'Terminating');
}
