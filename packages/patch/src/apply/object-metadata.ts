import { isArray, isObject, own, put } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';

/** An object's metadata; empty where it has none. */
export function metadataOf(object: JsonObject): JsonObject {
  const metadata = own(object, 'metadata');
  return isObject(metadata) ? metadata : {};
}

/** The entries of metadata.managedFields as they are; undefined where there is no list. */
export function managedFieldsOf(object: JsonObject): readonly Json[] | undefined {
  const entries = own(metadataOf(object), 'managedFields');
  return entries !== undefined && isArray(entries) ? entries : undefined;
}

/** An object without metadata.managedFields, so that entries do not own entries. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields, ...kept } = metadataOf(object);
  return managedFields === undefined ? object : { ...object, metadata: kept };
}

/** The value of an annotation; empty where there is none. */
export function annotationOf(object: JsonObject, name: string): string {
  const annotations = own(metadataOf(object), 'annotations');
  const value = isObject(annotations) ? own(annotations, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** An object with an annotation set, or without it where `value` is undefined. Annotations that are null become empty texts. */
export function withAnnotation(object: JsonObject, name: string, value: string | undefined): JsonObject {
  const metadata = metadataOf(object);
  const annotations = own(metadata, 'annotations');
  const changed: MutableJsonObject = {};
  for (const [key, text] of Object.entries(isObject(annotations) ? annotations : {})) {
    if (key !== name) put(changed, key, text ?? '');
  }
  if (value !== undefined) put(changed, name, value);
  return { ...object, metadata: { ...metadata, annotations: changed } };
}

/** A text of an object's metadata; empty where there is none. */
export function metadataText(object: JsonObject, name: string): string {
  const value = own(metadataOf(object), name);
  return typeof value === 'string' ? value : '';
}
