import type { FieldError, Json, JsonObject, MutableJsonObject, ObjectMeta } from '@kcp/api-machinery';
import {
  ApiError,
  byCodeUnit,
  childPath,
  formatTime,
  invalid,
  isArray,
  isObject,
  itemPath,
  own,
  parseTime,
  put,
  showNumber,
  untyped,
} from '@kcp/api-machinery';
import { jsonKind } from './parse-schema.ts';

/** How `decodeObjectMeta` treats members of a wrong type. */
export interface MetadataOptions {
  /** True for requests: any member of a wrong type is an error. False for storage: it is dropped. */
  readonly strict: boolean;
}

/** What became of an object's `metadata`. */
export interface DecodedMetadata {
  /** Known members only, each of its type; empty ones are left out, as metav1.ObjectMeta is encoded. */
  readonly metadata: ObjectMeta;
  /** At most one, at `path`, with encoding/json's text; the request is a bad one (400). Never any if not strict. */
  readonly errors: readonly FieldError[];
  /** Paths of unknown members, sorted by member: `metadata.colour`, `metadata.ownerReferences[0].x`. */
  readonly unknownFields: readonly string[];
}

/** One member while it is read; `refused` stays undefined as long as all is of its type. */
interface Place {
  readonly unknownFields: string[];
  refused: string | undefined;
}

/** Turns a JSON value into what is kept of it; undefined for nothing. `go` names the member as Go's errors do. */
type MemberReader = (value: Json, go: string, place: Place) => Json | undefined;

/**
 * Reads `metadata` as metav1.ObjectMeta is read by the apiserver of custom resources (apiextensions objectmeta
 * package). `path` is that of the metadata itself: `metadata`, or `spec.template.metadata` of an embedded resource.
 */
export function decodeObjectMeta(raw: Json | undefined, path: string, options: MetadataOptions): DecodedMetadata {
  const place: Place = { unknownFields: [], refused: undefined };
  if (raw === undefined || raw === null) return { metadata: {}, errors: [], unknownFields: [] };
  if (!isObject(raw)) {
    const text = `json: cannot unmarshal ${jsonKind(raw)} into Go value of type v1.ObjectMeta`;
    return { metadata: {}, errors: options.strict ? [invalid(path, untyped(raw), text)] : [], unknownFields: [] };
  }
  const metadata = readMembers(raw, path, options.strict, place);
  if (options.strict && place.refused !== undefined) {
    return { metadata: {}, errors: [invalid(path, untyped(raw), place.refused)], unknownFields: [] };
  }
  return { metadata, errors: [], unknownFields: place.unknownFields };
}

function readMembers(raw: JsonObject, path: string, strict: boolean, place: Place): MutableJsonObject {
  const metadata: MutableJsonObject = {};
  for (const key of Object.keys(raw).sort(byCodeUnit)) {
    const read = metadataReaders.get(key);
    const value = raw[key];
    if (value === undefined) continue;
    if (read === undefined) {
      place.unknownFields.push(childPath(path, key));
      continue;
    }
    const inside: Place = { unknownFields: [], refused: undefined };
    const kept = value === null ? undefined : read(value, `ObjectMeta.${key}`, inside);
    if (inside.refused !== undefined) {
      place.refused ??= inside.refused;
      if (strict) return metadata;
      continue;
    }
    for (const unknown of inside.unknownFields) place.unknownFields.push(`${path}.${unknown}`);
    if (kept !== undefined) metadata[key] = kept;
  }
  return metadata;
}

function refuse(value: Json, go: string, type: string, place: Place): undefined {
  const shown = typeof value === 'number' && !Number.isInteger(value) ? ` ${showNumber(value)}` : '';
  place.refused ??= `json: cannot unmarshal ${jsonKind(value)}${shown} into Go struct field ${go} of type ${type}`;
  return undefined;
}

const text: MemberReader = (value, go, place) => {
  if (typeof value !== 'string') return refuse(value, go, 'string', place);
  return value === '' ? undefined : value;
};

/** A text that Go always writes, empty or not. */
const plainText: MemberReader = (value, go, place) =>
  typeof value === 'string' ? value : refuse(value, go, 'string', place);

const flag: MemberReader = (value, go, place) =>
  typeof value === 'boolean' ? value : refuse(value, go, 'bool', place);

const integer: MemberReader = (value, go, place) => {
  const fits = typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isInteger(value);
  return fits ? value : refuse(value, go, 'int64', place);
};

const nonZero: MemberReader = (value, go, place) => (value === 0 ? undefined : integer(value, go, place));

const time: MemberReader = (value, go, place) => {
  if (typeof value !== 'string') return refuse(value, go, 'string', place);
  try {
    return formatTime(parseTime(value)) ?? undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    place.refused ??= error.message;
    return undefined;
  }
};

const texts: MemberReader = (value, go, place) => {
  if (!isObject(value)) return refuse(value, go, 'map[string]string', place);
  const members: MutableJsonObject = {};
  for (const key of Object.keys(value)) {
    const member = own(value, key) ?? null;
    const kept = member === null ? '' : plainText(member, go, place);
    if (kept !== undefined) put(members, key, kept);
  }
  return Object.keys(members).length === 0 ? undefined : members;
};

function listOf(read: MemberReader, empty: Json, type: string): MemberReader {
  return (value, go, place) => {
    if (!isArray(value)) return refuse(value, go, type, place);
    const items = value.map((item, index) => {
      const inside: Place = { unknownFields: [], refused: undefined };
      const kept = item === null ? empty : read(item, go, inside);
      place.refused ??= inside.refused;
      const member = go.slice(go.indexOf('.') + 1);
      for (const unknown of inside.unknownFields) place.unknownFields.push(`${itemPath(member, index)}.${unknown}`);
      return kept ?? empty;
    });
    return items.length === 0 ? undefined : items;
  };
}

function struct(type: string, members: ReadonlyMap<string, MemberReader>, always: readonly string[]): MemberReader {
  return (value, go, place) => {
    if (!isObject(value)) return refuse(value, go, `v1.${type}`, place);
    const kept: MutableJsonObject = {};
    for (const key of Object.keys(value).sort(byCodeUnit)) {
      const read = members.get(key);
      if (read === undefined) {
        place.unknownFields.push(key);
        continue;
      }
      const member = own(value, key) ?? null;
      const item = member === null ? undefined : read(member, `${go}.${key}`, place);
      if (item !== undefined) kept[key] = item;
    }
    for (const key of always) kept[key] ??= '';
    return kept;
  };
}

const anything: MemberReader = (value) => value;

const ownerReference = struct(
  'OwnerReference',
  new Map([
    ['apiVersion', plainText],
    ['kind', plainText],
    ['name', plainText],
    ['uid', plainText],
    ['controller', flag],
    ['blockOwnerDeletion', flag],
  ]),
  ['apiVersion', 'kind', 'name', 'uid'],
);

const managedFieldsEntry = struct(
  'ManagedFieldsEntry',
  new Map([
    ['manager', text],
    ['operation', text],
    ['apiVersion', text],
    ['time', time],
    ['fieldsType', text],
    ['fieldsV1', anything],
    ['subresource', text],
  ]),
  [],
);

const NO_OWNER: JsonObject = { apiVersion: '', kind: '', name: '', uid: '' };

const metadataReaders: ReadonlyMap<string, MemberReader> = new Map([
  ['name', text],
  ['generateName', text],
  ['namespace', text],
  ['selfLink', text],
  ['uid', text],
  ['resourceVersion', text],
  ['generation', nonZero],
  ['creationTimestamp', time],
  ['deletionTimestamp', time],
  ['deletionGracePeriodSeconds', integer],
  ['labels', texts],
  ['annotations', texts],
  ['ownerReferences', listOf(ownerReference, NO_OWNER, '[]v1.OwnerReference')],
  ['finalizers', listOf(plainText, '', '[]string')],
  ['managedFields', listOf(managedFieldsEntry, {}, '[]v1.ManagedFieldsEntry')],
]);
