import { createHash } from 'node:crypto';
import { compareVersions, formatApiVersion } from '@kcp/api-machinery';
import type { ResourceVerb, ServedResource, Subresource } from '@kcp/apiserver';
import type { Bucket } from '@kcp/object-store';
import {
  type CustomResourceDefinition,
  definitionBucket,
  type DefinitionVersion,
  storageVersionOf,
  versionsOf,
} from '../definition/custom-resource-definition.ts';
import { contentHash } from './content-hash.ts';
import { fromStored, toStored, type VersionSet } from './conversion.ts';
import { customOpenApi } from './custom-open-api.ts';
import { customStatusStrategy, customStrategy } from './custom-strategy.ts';
import { decodeCustom } from './decode-custom.ts';
import { type DefinitionIdentity, isTerminating, schemaOf, SERVING_VERSION } from './definition-identity.ts';
import { deprecationWarning } from './deprecation.ts';
import type { KindVersion } from './kind-version.ts';
import { printerColumns } from './printer-columns.ts';
import type { SchemaCache } from './schema-cache.ts';
import { selectableFieldReaders } from './selectable-fields.ts';
import { storageVersionHash } from './storage-version-hash.ts';

/** All that is served because of one definition. Shared by all logical clusters with an equal definition. */
export interface ServedDefinition {
  readonly group: string;
  readonly plural: string;
  /** In order of preference. */
  readonly versions: readonly string[];
  find(version: string): ServedResource | undefined;
}

/** What a definition is served with. */
export interface ServeOptions {
  readonly identity: DefinitionIdentity;
  readonly schemas: SchemaCache;
  /** The logical cluster that schemas are compiled for, where no other did. */
  readonly owner: string;
  /** Where the instances lie, for bound APIs: the storage identity. By default the group and plural. */
  readonly bucket?: Bucket;
}

const VERBS: readonly ResourceVerb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const TERMINATING_VERBS: readonly ResourceVerb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];

/** Makes the served resources of a definition whose names are accepted. Cheap: schemas are compiled when they are needed. */
export function serveDefinition(definition: CustomResourceDefinition, options: ServeOptions): ServedDefinition {
  const set = versionSet(definition, options);
  const resources = new Map<string, ServedResource>();
  for (const version of versionsOf(definition)) {
    const kind = set.find(version.name);
    if (!version.served || kind === undefined) continue;
    resources.set(version.name, servedResource({ definition, version, kind, set, options }));
  }
  return {
    group: definition.spec.group,
    plural: definition.status.acceptedNames.plural,
    versions: [...resources.keys()].sort(compareVersions),
    find: (version) => resources.get(version),
  };
}

function versionSet(definition: CustomResourceDefinition, options: ServeOptions): VersionSet {
  const kinds = new Map(
    versionsOf(definition).map((version) => [version.name, kindVersion(definition, version, options)]),
  );
  const storage = kinds.get(storageVersionOf(definition)?.name ?? '');
  if (storage === undefined) throw new Error(`definition ${definition.metadata.name ?? ''} has no storage version`);
  const strategy = definition.spec.conversion?.strategy ?? 'None';
  return { strategy, storage, find: (version) => kinds.get(version) };
}

function kindVersion(
  definition: CustomResourceDefinition,
  version: DefinitionVersion,
  { identity, schemas, owner }: ServeOptions,
): KindVersion {
  const { group } = definition.spec;
  const gvk = { group, version: version.name, kind: definition.status.acceptedNames.kind };
  const { hash, length } = identity.schemas.get(version.name) ?? contentHash(schemaOf(version));
  const source = { hash, length, json: schemaOf(version), owner };
  return {
    gvk,
    apiVersion: formatApiVersion(gvk),
    subresources: version.subresources ?? {},
    schema: () => schemas.get(source),
    pruner: () => schemas.pruner(source),
  };
}

interface Parts {
  readonly definition: CustomResourceDefinition;
  readonly version: DefinitionVersion;
  readonly kind: KindVersion;
  readonly set: VersionSet;
  readonly options: ServeOptions;
}

function servedResource({ definition, version, kind, set, options }: Parts): ServedResource {
  const { spec, status } = definition;
  const names = status.acceptedNames;
  const gvr = { group: spec.group, version: version.name, resource: names.plural };
  const terminating = isTerminating(definition);
  const listKind = names.listKind ?? `${names.kind}List`;
  const deprecation = deprecationWarning(spec, version);
  return {
    gvr,
    kind: names.kind,
    listKind,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    origin: 'custom',
    bucket: options.bucket ?? { group: gvr.group, resource: gvr.resource },
    verbs: terminating ? TERMINATING_VERBS : VERBS,
    fingerprint: fingerprint(kind, options.identity),
    storedFingerprint: fingerprint(set.storage, options.identity),
    storageVersion: set.storage.gvk.version,
    decode: (raw) => decodeCustom(kind, raw),
    toStored: (object) => toStored(set, kind, object),
    fromStored: (objects) => objects.map((object) => fromStored(set, kind, object)),
    strategy: customStrategy(kind),
    subresources: subresources(kind),
    columns: printerColumns(version.additionalPrinterColumns),
    selectableFields: selectableFieldReaders(version.selectableFields),
    openApi: () => customOpenApi({ kind, listKind, plural: names.plural }),
    ...(deprecation !== undefined && { deprecation }),
    ...hashOfStorage(definition),
    definition: { bucket: definitionBucket, name: definition.metadata.name ?? '', hash: options.identity.stableHash },
    ...(terminating && { terminating }),
  };
}

/** Rows of one fingerprint have the same bytes in the version it stands for: same schema, same type meta. */
function fingerprint({ gvk }: KindVersion, { schemas }: DefinitionIdentity): string {
  const schema = schemas.get(gvk.version)?.hash ?? '';
  const text = `${SERVING_VERSION} ${schema} ${gvk.group}/${gvk.version} ${gvk.kind}`;
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function subresources(kind: KindVersion): Readonly<Record<string, Subresource>> {
  const { status, scale } = kind.subresources;
  const bare = (path: string): string => path.replace(/^\./, '');
  const selector = scale?.labelSelectorPath ?? '';
  return {
    ...(status !== undefined && { status: { kind: 'part', strategy: customStatusStrategy(kind) } as const }),
    ...(scale !== undefined && {
      scale: {
        kind: 'scale',
        specReplicasPath: bare(scale.specReplicasPath),
        statusReplicasPath: bare(scale.statusReplicasPath),
        ...(selector !== '' && { labelSelectorPath: bare(selector) }),
      } as const,
    }),
  };
}

/** None where the storage version is not served. */
function hashOfStorage(definition: CustomResourceDefinition): { readonly storageVersionHash?: string } {
  const storage = storageVersionOf(definition);
  if (storage?.served !== true) return {};
  const { group, names } = definition.spec;
  return { storageVersionHash: storageVersionHash({ group, version: storage.name, kind: names.kind }) };
}
