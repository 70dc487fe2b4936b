import { createHash } from 'node:crypto';
import { compareVersions, formatApiVersion, type JsonObject } from '@kcp/api-machinery';
import type { ResourceVerb, ServedResource, Subresource } from '@kcp/apiserver';
import type { Bucket } from '@kcp/object-store';
import { COMPILER_VERSION } from '@kcp/structural-schema';
import {
  type CustomResourceDefinition,
  definitionBucket,
  type DefinitionVersion,
  storageVersionOf,
  versionsOf,
} from '../definition/custom-resource-definition.ts';
import { fromStored, toStored, type VersionSet } from './conversion.ts';
import { conversionWebhook, type ConversionCalls, type ConversionWebhook } from './conversion-webhook.ts';
import { customOpenApi } from './custom-open-api.ts';
import { customOwnership } from './custom-ownership.ts';
import { customStatusStrategy, customStrategy } from './custom-strategy.ts';
import { decodeApplied, decodeCustom } from './decode-custom.ts';
import { type DefinitionIdentity, isTerminating, schemaOf, SERVING_VERSION } from './definition-identity.ts';
import type { DefinitionSources } from './definition-sources.ts';
import { deprecationWarning } from './deprecation.ts';
import { equivalents } from './equivalents.ts';
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
  /** The resource in the version that instances are stored in, which need not be served. */
  readonly storage: ServedResource;
}

/** What a definition is served with. */
export interface ServeOptions {
  readonly identity: DefinitionIdentity;
  /** Where the definition is read again for its schemas. */
  readonly sources: DefinitionSources;
  readonly schemas: SchemaCache;
  /** The logical cluster that is served first. */
  readonly owner: string;
  /** By what conversion webhooks are called; absent: none is. */
  readonly conversion?: ConversionCalls | undefined;
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

/**
 * Makes the served resources of a definition whose names are accepted. Cheap: schemas are read and compiled when they are
 * needed. Nothing that is made here holds on to the definition's JSON: closures are made where it is not in their scope.
 */
export function serveDefinition(definition: CustomResourceDefinition, options: ServeOptions): ServedDefinition {
  const set = versionSet(definition, options);
  const resources = new Map<string, ServedResource>();
  const served = new Map<string, ServedResource>();
  const names = versionsOf(definition)
    .filter((version) => version.served)
    .map(({ name }) => name)
    .sort(compareVersions);
  for (const version of versionsOf(definition)) {
    const kind = set.find(version.name);
    if (kind === undefined) continue;
    const resource = servedResource({ definition, version, kind, set, options, served: names });
    resources.set(version.name, resource);
    if (version.served) served.set(version.name, resource);
  }
  const storage = resources.get(set.storage.gvk.version);
  if (storage === undefined) throw withoutStorage(definition);
  return {
    group: definition.spec.group,
    plural: definition.status.acceptedNames.plural,
    versions: names,
    find: (version) => served.get(version),
    storage,
  };
}

function withoutStorage({ metadata }: CustomResourceDefinition): Error {
  return new Error(`definition ${metadata.name ?? ''} has no storage version`);
}

function versionSet(definition: CustomResourceDefinition, options: ServeOptions): VersionSet {
  const kinds = new Map<string, KindVersion>();
  for (const version of versionsOf(definition)) kinds.set(version.name, kindVersion(definition, version, options));
  const storage = kinds.get(storageVersionOf(definition)?.name ?? '');
  if (storage === undefined) throw withoutStorage(definition);
  return { webhook: webhookOf(definition, options), storage, find: (version) => kinds.get(version) };
}

function webhookOf({ spec }: CustomResourceDefinition, options: ServeOptions): ConversionWebhook | undefined {
  const { conversion } = spec;
  return conversion?.strategy === 'Webhook'
    ? conversionWebhook(conversion, options.conversion, options.owner)
    : undefined;
}

function kindVersion(
  definition: CustomResourceDefinition,
  version: DefinitionVersion,
  options: ServeOptions,
): KindVersion {
  const { group } = definition.spec;
  const gvk = { group, version: version.name, kind: definition.status.acceptedNames.kind };
  return {
    gvk,
    apiVersion: formatApiVersion(gvk),
    subresources: version.subresources ?? {},
    ...schemasOf(version.name, options),
  };
}

/** A function of its own, so that its closures hold on to nothing else. */
function schemasOf(
  name: string,
  { identity, sources, schemas, owner }: ServeOptions,
): Pick<KindVersion, 'schema' | 'pruner' | 'written'> {
  const { hash, length } = identity.spec.schemas.get(name) ?? { hash: '', length: 0 };
  const read = (): JsonObject => {
    const version = versionsOf(sources.read()).find((candidate) => candidate.name === name);
    return version === undefined ? {} : schemaOf(version);
  };
  const source = { hash, length, read, owner: () => sources.newest ?? owner };
  return {
    schema: () => schemas.get(source),
    pruner: () => schemas.pruner(source),
    written: () => schemas.parsed(source),
  };
}

interface Parts {
  /** The names of the versions that are served, the best first. */
  readonly served: readonly string[];
  readonly definition: CustomResourceDefinition;
  readonly version: DefinitionVersion;
  readonly kind: KindVersion;
  readonly set: VersionSet;
  readonly options: ServeOptions;
}

function servedResource({ definition, version, kind, set, options, served }: Parts): ServedResource {
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
    decodeApplied: (merged) => decodeApplied(kind, merged),
    toStored: (object) => toStored(set, kind, object),
    fromStored: (objects) => fromStored(set, kind, objects),
    equivalents: () => equivalents(set, kind, { plural: names.plural, served }),
    strategy: customStrategy(kind),
    subresources: subresources(kind, definition),
    columns: printerColumns(version.additionalPrinterColumns),
    selectableFields: selectableFieldReaders(version.selectableFields),
    ownership: customOwnership(set, kind),
    openApi: () => customOpenApi({ kind, listKind, plural: names.plural }),
    ...(deprecation !== undefined && { deprecation }),
    ...hashOfStorage(definition),
    definition: { bucket: definitionBucket, name: definition.metadata.name ?? '', hash: options.identity.stableHash },
    ...(terminating && { terminating }),
  };
}

/** Rows of one fingerprint have the same bytes in the version it stands for: same schema, read by the same compiler, same type meta. */
function fingerprint({ gvk }: KindVersion, { spec }: DefinitionIdentity): string {
  const schema = spec.schemas.get(gvk.version)?.hash ?? '';
  const text = `${SERVING_VERSION} ${COMPILER_VERSION} ${schema} ${gvk.group}/${gvk.version} ${gvk.kind}`;
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

const bare = (path: string): string => path.replace(/^\./, '');

/** Where each version, by apiVersion, has its wanted replicas. */
function replicasPaths(definition: CustomResourceDefinition): Readonly<Record<string, string | null>> {
  const { group } = definition.spec;
  const paths = versionsOf(definition).map(({ name, subresources: parts }) => {
    const path = parts?.scale?.specReplicasPath;
    return [formatApiVersion({ group, version: name }), path === undefined ? null : bare(path)] as const;
  });
  return Object.fromEntries(paths);
}

function subresources(kind: KindVersion, definition: CustomResourceDefinition): Readonly<Record<string, Subresource>> {
  const { status, scale } = kind.subresources;
  const selector = scale?.labelSelectorPath ?? '';
  return {
    ...(status !== undefined && { status: { kind: 'part', strategy: customStatusStrategy(kind) } as const }),
    ...(scale !== undefined && {
      scale: {
        kind: 'scale',
        specReplicasPath: bare(scale.specReplicasPath),
        statusReplicasPath: bare(scale.statusReplicasPath),
        ...(selector !== '' && { labelSelectorPath: bare(selector) }),
        replicasPaths: replicasPaths(definition),
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
