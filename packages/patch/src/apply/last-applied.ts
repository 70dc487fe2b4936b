import { byCodePoint, goJson, isArray, isObject, own, parseJson, utf8Length } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { checkValue } from './check-value.ts';
import { compareValues } from './compare.ts';
import { difference } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { fieldSetOf } from './field-set-of.ts';
import { apiVersionOf } from './managed-type.ts';
import type { ManagedType } from './managed-type.ts';
import { annotationOf, metadataOf, withAnnotation, withoutManagedFields } from './object-metadata.ts';

/** The manager whose applies take over from client-side apply. */
export const KUBECTL = 'kubectl';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The limit of all annotations together, in bytes. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

/**
 * The fields that kubectl may take without force: those whose live values are the ones that its client-side apply set, as
 * its annotation says. undefined where there is no such annotation, or one that cannot be read.
 */
export function fieldsOfLastApplied(type: ManagedType, live: JsonObject): FieldSet | undefined {
  const last = readLastApplied(annotationOf(live, LAST_APPLIED));
  if (last === undefined || own(last, 'apiVersion') !== apiVersionOf(type)) return undefined;
  const object = withoutManagedFields(live);
  if (checkValue(last, type.schema) !== undefined || checkValue(object, type.schema) !== undefined) return undefined;
  const { added, modified, removed } = compareValues(last, object, type.schema);
  return [modified, added, removed].reduce(difference, fieldSetOf(last, type.schema));
}

function readLastApplied(text: string): JsonObject | undefined {
  if (text === '') return undefined;
  try {
    const last = parseJson(text);
    return isObject(last) && typeof own(last, 'kind') === 'string' ? last : undefined;
  } catch {
    return undefined;
  }
}

/** An object whose last-applied annotation, if it has one, says what kubectl applied now. Gone where it would be too large. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  if (annotationOf(object, LAST_APPLIED) === '') return object;
  const annotated = withAnnotation(object, LAST_APPLIED, `${sortedJson(withoutLastApplied(applied))}\n`);
  return annotationBytes(annotated) > MAX_ANNOTATION_BYTES
    ? withAnnotation(object, LAST_APPLIED, undefined)
    : annotated;
}

function withoutLastApplied(applied: JsonObject): JsonObject {
  const { annotations, ...kept } = metadataOf(applied);
  if (annotations === undefined) return applied;
  return annotations === null ? { ...applied, metadata: kept } : withAnnotation(applied, LAST_APPLIED, undefined);
}

function annotationBytes(object: JsonObject): number {
  const annotations = own(metadataOf(object), 'annotations');
  let bytes = 0;
  for (const [name, value] of Object.entries(isObject(annotations) ? annotations : {})) {
    bytes += utf8Length(name) + (typeof value === 'string' ? utf8Length(value) : 0);
  }
  return bytes;
}

/** JSON as Go writes a map: keys in the order of their bytes. */
function sortedJson(value: Json): string {
  if (isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (!isObject(value)) return goJson(value);
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${goJson(name)}:${sortedJson(value[name] ?? null)}`).join(',')}}`;
}
