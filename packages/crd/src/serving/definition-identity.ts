import type { JsonObject } from '@kcp/api-machinery';
import {
  type CustomResourceDefinition,
  type DefinitionSpec,
  type DefinitionVersion,
} from '../definition/custom-resource-definition.ts';
import { isConditionTrue } from '../definition/condition.ts';
import { type ContentHash, contentHash } from './content-hash.ts';

/** Raised when equal definitions are served differently than before: it goes into every hash and into what rows bear. */
export const SERVING_VERSION = 1;

/** What two specs that are served alike have in common. */
export interface SpecIdentity {
  readonly hash: string;
  /** Per version that is in the spec: the hash and size of its schema. */
  readonly schemas: ReadonlyMap<string, ContentHash>;
  /** Characters of the canonical JSON of everything but the schemas. */
  readonly ownLength: number;
}

/** What two definitions that are served alike have in common. */
export interface DefinitionIdentity {
  /** Over everything that decides how the kind is served; not over the definition's own metadata and conditions. */
  readonly hash: string;
  /** The same whether the definition is being deleted or not: what watches of its instances depend on. */
  readonly stableHash: string;
  readonly spec: SpecIdentity;
}

/** The identity of a spec. Costs a walk over all schemas: kept by generation, never taken per request. */
export function identifySpec(spec: DefinitionSpec): SpecIdentity {
  const schemas = new Map<string, ContentHash>();
  const versions = (spec.versions ?? []).map((version) => {
    const schema = contentHash(schemaOf(version));
    schemas.set(version.name, schema);
    return { ...version, schema: schema.hash };
  });
  const rest = contentHash({ serving: SERVING_VERSION, spec: { ...spec, versions } });
  return { hash: rest.hash, schemas, ownLength: rest.length };
}

/** The identity of a definition; the walk over its spec is spared where the spec's identity is known. */
export function identify(
  definition: CustomResourceDefinition,
  spec: SpecIdentity = identifySpec(definition.spec),
): DefinitionIdentity {
  const { acceptedNames } = definition.status;
  const { hash: stableHash } = contentHash({ spec: spec.hash, acceptedNames });
  return { hash: isTerminating(definition) ? `${stableHash}:terminating` : stableHash, stableHash, spec };
}

/** A version's schema, the empty one where it has none. */
export function schemaOf(version: DefinitionVersion): JsonObject {
  return version.schema?.openAPIV3Schema ?? {};
}

/** True while a definition is being deleted: nothing new can be created. */
export function isTerminating(definition: CustomResourceDefinition): boolean {
  return definition.metadata.deletionTimestamp !== undefined || isConditionTrue(definition, 'Terminating');
}
