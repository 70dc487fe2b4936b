import type { JsonObject, KubeObject, ObjectMeta } from '@kcp/api-machinery';

/** What a cache keeps of an object. Gives a new object, or the same where nothing is to be left out; never changes it. */
export type Trim<O extends KubeObject> = (object: O) => O;

/** An object of which only metadata is known (meta.k8s.io/v1 PartialObjectMetadata). */
export interface MetadataObject extends KubeObject {
  readonly metadata: Readonly<ObjectMeta>;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Without managed fields and the annotation that `kubectl apply` keeps a copy of the object in: nobody's business in a
 * controller, and often more than half of an object. What a cache does unless told otherwise.
 */
export function withoutBookkeeping<O extends KubeObject>(object: O): O {
  const { managedFields, ...metadata } = object.metadata;
  const { [LAST_APPLIED]: applied, ...annotations } = metadata.annotations ?? {};
  if (managedFields === undefined && applied === undefined) return object;
  return { ...object, metadata: { ...metadata, ...(metadata.annotations !== undefined && { annotations }) } };
}

/** Kind and metadata alone, for a list-watch that cannot ask the server for PartialObjectMetadata. */
export function metadataOnly(object: KubeObject): MetadataObject {
  const { apiVersion, kind, metadata } = withoutBookkeeping(object);
  return { apiVersion, kind, metadata };
}

/** Metadata and some top-level fields (`spec`, `data`). */
export function onlyFields(...fields: readonly string[]): Trim<KubeObject> {
  return (object) => {
    const { apiVersion, kind, metadata } = withoutBookkeeping(object);
    const kept: JsonObject = Object.fromEntries(
      Object.entries(object).filter((entry): entry is [string, JsonObject[string]] => fields.includes(entry[0])),
    );
    return { ...kept, apiVersion, kind, metadata };
  };
}
