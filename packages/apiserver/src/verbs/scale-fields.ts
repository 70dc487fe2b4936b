import { formatApiVersion, isObject, own, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import {
  fieldPath,
  fromScaleManagedFields,
  toScaleManagedFields,
  type ApplySchema,
  type ManagedType,
  type ReplicasPaths,
} from '@kcp/patch';
import { objectMetaSchema } from '@kcp/patch';
import type { ServedResource, Subresource } from '../served-resource.ts';
import { withManagedFields } from '../write/track-fields.ts';

type ScaleSubresource = Extract<Subresource, { kind: 'scale' }>;

const TEXT: ApplySchema = { kind: 'scalar', type: 'string' };
const NUMBER: ApplySchema = { kind: 'scalar', type: 'numeric' };

function struct(fields: Readonly<Record<string, ApplySchema>>): ApplySchema {
  const known = new Map(Object.entries(fields));
  return { kind: 'object', field: (name) => known.get(name) };
}

/** autoscaling/v1 Scale as its fields are owned. */
export const scaleType: ManagedType = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  schema: struct({
    apiVersion: TEXT,
    kind: TEXT,
    metadata: objectMetaSchema,
    spec: struct({ replicas: NUMBER }),
    status: struct({ replicas: NUMBER, selector: TEXT }),
  }),
  subresource: 'scale',
  empty: { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: {}, spec: {}, status: { replicas: 0 } },
  emptyListResets: true,
  convert: () => undefined,
};

/** A Scale with the owners of its replicas, as the object behind it knows them. */
export function withScaleOwners(scale: JsonObject, object: KubeObject, paths: ScaleSubresource): JsonObject {
  const managedFields = toScaleManagedFields(object.metadata.managedFields ?? [], replicasPaths(paths));
  const metadata = own(scale, 'metadata');
  return { ...scale, metadata: { ...(isObject(metadata) && metadata), ...(managedFields && { managedFields }) } };
}

/** The object behind a Scale with the owners of its replicas as a write of the Scale left them. */
export function withReplicasOwners(
  object: KubeObject,
  owners: readonly JsonObject[] | undefined,
  { resource, paths }: { readonly resource: ServedResource; readonly paths: ScaleSubresource },
): KubeObject {
  const entries = fromScaleManagedFields({
    entries: object.metadata.managedFields ?? [],
    scale: owners ?? [],
    paths: replicasPaths(paths),
    apiVersion: formatApiVersion(resource.gvr),
  });
  return withManagedFields(object, entries);
}

function replicasPaths({ replicasPaths: paths }: ScaleSubresource): ReplicasPaths {
  return Object.fromEntries(
    Object.entries(paths).map(([apiVersion, path]) => [apiVersion, path === null ? null : fieldPath(path)]),
  );
}
