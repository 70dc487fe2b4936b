import { hash } from 'node:crypto';
import type { KubeObject } from '@kcp/api-machinery';
import { isPathSegment, nameIsDnsSubdomain } from '@kcp/api-machinery';
import type { KindTable } from '@kcp/apis';
import { decodeObject, mergeSchema, openApiDefinitions, protobufCodec } from '@kcp/apis';
import type {
  FieldOwnership,
  OpenApiDefinitions,
  ResourceVerb,
  ServedResource,
  Strategy,
  Subresource,
  TableColumn,
} from '@kcp/apiserver';
import { createdAtColumns } from './columns.ts';
import { finalizerNameErrors } from './finalizer-names.ts';
import { tableOwnership } from './table-ownership.ts';

/** What a built-in resource is made of beside its table. */
export interface BuiltinOptions {
  readonly table: KindTable;
  /** Fills in what was not sent (Go's SetDefaults functions), after decoding. */
  readonly defaults?: (object: KubeObject) => KubeObject;
  readonly strategy?: Partial<Strategy>;
  readonly subresources?: Readonly<Record<string, Subresource>>;
  /** What writes through the object and its sub-resources do not change, and therefore own nothing of. */
  readonly resetFields?: FieldOwnership['resetFields'];
  readonly columns?: readonly TableColumn[];
  readonly selectableFields?: ServedResource['selectableFields'];
  readonly verbs?: readonly ResourceVerb[];
  /** Where another resource's objects are shown in other words: events.k8s.io over core events. */
  readonly view?: Pick<ServedResource, 'bucket' | 'storedFingerprint' | 'storageVersion'> & {
    readonly toStored: (object: KubeObject) => KubeObject;
    readonly fromStored: (object: KubeObject) => KubeObject;
  };
}

/** The verbs of most resources. */
export const allVerbs: readonly ResourceVerb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** What is wrong with a name that only has to fit into a path: roles and their bindings. */
export function nameIsPathSegment(name: string, prefix: boolean): readonly string[] {
  return isPathSegment(name, prefix);
}

const defaultStrategy: Strategy = {
  nameErrors: (name, prefix) => nameIsDnsSubdomain(name, prefix),
  createOnUpdate: false,
  unconditionalUpdate: true,
};

/** Names the stored form of a built-in kind; raised when that form changes. */
export function builtinFingerprint({ group, version, kind }: Pick<KindTable, 'group' | 'kind' | 'version'>): string {
  return `builtin.1:${group}/${version}/${kind}`;
}

/** Discovery's storageVersionHash, as kcp computes it. */
export function storageVersionHash({ group, version, kind }: Pick<KindTable, 'group' | 'kind' | 'version'>): string {
  return hash('sha256', `/${group}/${version}/${kind}`, 'buffer').subarray(0, 8).toString('base64');
}

/** A cluster-scoped object has no namespace, whatever was sent. */
function withoutNamespace(object: KubeObject): KubeObject {
  if (object.metadata.namespace === undefined) return object;
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Groups whose kinds refuse finalizers without a domain; the others take any qualified name. */
const STRICT_FINALIZERS: ReadonlySet<string> = new Set(['', 'rbac.authorization.k8s.io', 'certificates.k8s.io']);

function withFinalizerNames(strategy: Strategy, group: string): Strategy {
  if (!STRICT_FINALIZERS.has(group)) return strategy;
  return {
    ...strategy,
    validateCreate: (object, context) => {
      return [...finalizerNameErrors(object), ...(strategy.validateCreate?.(object, context) ?? [])];
    },
    validateUpdate: (object, old, context) => {
      const names = finalizerNameErrors(object);
      const again = strategy.validatesWholeMetadata === true ? names : [];
      return [...names, ...again, ...(strategy.validateUpdate?.(object, old, context) ?? [])];
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A resource that is stored and served in one version, described by a table (DESIGN §4 "Built-ins are schemas too"). */
export function builtinResource(options: BuiltinOptions): ServedResource {
  const { table, defaults, view } = options;
  const { group, version, resource, kind, namespaced, type } = table;
  const fingerprint = builtinFingerprint(table);
  const finish = (object: KubeObject): KubeObject => {
    const placed = namespaced ? object : withoutNamespace(object);
    return defaults ? defaults(placed) : placed;
  };
  const protobuf = protobufCodec(type);
  const openApi = once((): OpenApiDefinitions => openApiDefinitions(type, table));
  return {
    gvr: { group, version, resource },
    kind,
    listKind: `${kind}List`,
    singular: kind.toLowerCase(),
    shortNames: table.shortNames,
    categories: table.categories,
    namespaced,
    origin: 'builtin',
    bucket: view?.bucket ?? { group, resource },
    verbs: options.verbs ?? allVerbs,
    fingerprint,
    storedFingerprint: view?.storedFingerprint ?? fingerprint,
    storageVersion: view?.storageVersion ?? version,
    decode: (raw) => {
      const { object, unknownFields } = decodeObject(type, table, raw);
      return { object: finish(object), unknownFields };
    },
    toStored: (object) => view?.toStored(object) ?? object,
    fromStored: (objects) => (view ? objects.map((object) => view.fromStored(object)) : objects),
    strategy: withFinalizerNames({ ...defaultStrategy, ...options.strategy }, group),
    subresources: options.subresources ?? {},
    columns: options.columns ?? createdAtColumns,
    selectableFields: options.selectableFields ?? {},
    mergeSchema: mergeSchema(type),
    ownership: tableOwnership(table, options.resetFields ?? {}),
    ...(protobuf && { protobuf }),
    openApi,
    storageVersionHash: storageVersionHash(table),
  };
}
