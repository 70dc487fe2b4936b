import type { JsonObject } from '@kcp/api-machinery';
import { type Facts, type Schema, struct, text } from './schema.ts';

// Type aliases rather than interfaces: only those are JSON objects without a cast.

/** One column of what `kubectl get` prints. */
export type Column = {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
};

/** One version of a kind, as in `spec.versions` of a CustomResourceDefinition. */
export type KindVersion = {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema: { readonly openAPIV3Schema: JsonObject };
  readonly subresources?: { readonly status?: JsonObject };
  readonly additionalPrinterColumns?: readonly Column[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
};

/** What a kind is called. */
export type KindNames = {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
};

/** A kind of ours in the shape of a CustomResourceDefinition's `spec`. */
export type KindDefinition = {
  readonly group: string;
  readonly names: KindNames;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly versions: readonly KindVersion[];
  readonly conversion?: { readonly strategy: 'None' };
};

/** What differs between kinds; the rest follows or is what most have. */
interface KindOptions {
  readonly group: string;
  readonly kind: string;
  /** By default the kind in lower case and an s. */
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  /** By default `kcp`; an empty list for none. */
  readonly categories?: readonly string[];
  readonly scope?: 'Cluster' | 'Namespaced';
  readonly versions: readonly KindVersion[];
  /** Kinds with several versions say that conversion is not by webhook: in-process code does it. */
  readonly conversion?: { readonly strategy: 'None' };
}

/** A kind of ours. */
export function kindDefinition(options: KindOptions): KindDefinition {
  const { group, kind, shortNames, categories = ['kcp'], scope = 'Cluster', versions, conversion } = options;
  const singular = kind.toLowerCase();
  const { plural = `${singular}s` } = options;
  const names = { plural, singular, kind, listKind: `${kind}List` };
  return {
    group,
    names: {
      ...names,
      ...(shortNames !== undefined && { shortNames }),
      ...(categories.length > 0 && { categories }),
    },
    scope,
    versions,
    ...(conversion !== undefined && { conversion }),
  };
}

/** What differs between versions. */
interface VersionOptions {
  readonly name: string;
  readonly schema: Schema;
  readonly columns?: readonly Column[];
  /** By default the status is a sub-resource; `empty` says that there is none, and `absent` does not say. */
  readonly subresources?: 'status' | 'empty' | 'absent';
  /** False for a version in which objects are served but not stored. */
  readonly storage?: boolean;
}

const SUBRESOURCES = { status: { subresources: { status: {} } }, empty: { subresources: {} }, absent: {} };

/** A served version. */
export function version({
  name,
  schema,
  columns,
  subresources = 'status',
  storage = true,
}: VersionOptions): KindVersion {
  return {
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: schema },
    ...SUBRESOURCES[subresources],
    ...(columns !== undefined && { additionalPrinterColumns: columns }),
  };
}

/** The schema of a kind's objects: what all have, and the fields given. */
export function kindSchema(description: string, fields: Readonly<Record<string, Schema>>, facts: Facts = {}): Schema {
  const apiVersion = text('Group and version of this form of the object.');
  const kind = text('What kind of object this is.');
  return struct(description, { apiVersion, kind, metadata: { type: 'object' }, ...fields }, facts);
}

/** The schema of metadata where names are restricted. */
export function metadataWithName(name: Schema): Schema {
  return { type: 'object', properties: { name } };
}

/** A column of text. */
export function column(name: string, jsonPath: string, description?: string): Column {
  return { name, type: 'string', jsonPath, ...(description !== undefined && { description }) };
}

/** How old an object is. */
export const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
