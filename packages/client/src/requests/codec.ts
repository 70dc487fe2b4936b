import { ApiError, isArray, isObject, own, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { Json, JsonObject, KubeObject, MutableJsonObject } from '@kcp/api-machinery';

/** The bytes of a value that is JSON, typed or not; integers that came as bigints stay what they are. */
export function encodeBody(value: Json | object): Buffer {
  return Buffer.from(stringifyJson(value as Json));
}

/** The object that an answer holds. Throws ApiError where it holds something else. */
export function decodeObject(bytes: Buffer, what = 'the answer'): JsonObject {
  const value = parseOr(bytes.toString('utf8'));
  if (value === undefined || !isObject(value))
    throw new ApiError('InternalError', `${what} is no JSON object`, { code: 500 });
  return value;
}

/** What a text says, undefined where it is no JSON. */
export function parseOr(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Where a list stands (API conventions, "ListMeta"). */
export interface ListMetadata {
  readonly resourceVersion: string;
  /** The token for the next page; empty at the end. */
  readonly continue: string;
  /** How many follow, where the server says so. */
  readonly remainingItemCount: number | undefined;
}

/** One page of a list. */
export interface List<T> {
  readonly items: readonly T[];
  readonly metadata: ListMetadata;
}

/** Reads a list; items get the type that the list's own name gives them, since servers leave it out. */
export function decodeList<T>(object: JsonObject, decode: (item: JsonObject) => T): List<T> {
  const items = own(object, 'items') ?? [];
  if (!isArray(items)) throw new ApiError('InternalError', 'the answer is no list', { code: 500 });
  const typeMeta = itemType(object);
  return {
    items: items.map((item) => {
      if (!isObject(item)) throw new ApiError('InternalError', 'a list holds what is no object', { code: 500 });
      return decode(own(item, 'kind') === undefined ? { ...typeMeta, ...item } : item);
    }),
    metadata: decodeListMetadata(own(object, 'metadata')),
  };
}

function itemType(list: JsonObject): JsonObject {
  const [apiVersion, kind] = [own(list, 'apiVersion'), own(list, 'kind')];
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !kind.endsWith('List')) return {};
  return { apiVersion, kind: kind.slice(0, -'List'.length) };
}

function decodeListMetadata(value: Json | undefined): ListMetadata {
  const metadata = isObject(value) ? value : {};
  const left = own(metadata, 'remainingItemCount');
  return {
    resourceVersion: textOf(metadata, 'resourceVersion'),
    continue: textOf(metadata, 'continue'),
    remainingItemCount: typeof left === 'number' ? left : undefined,
  };
}

/** A member that is a text; empty where it is not. */
export function textOf(object: JsonObject, name: string): string {
  const value = own(object, name);
  return typeof value === 'string' ? value : '';
}

/** Any object of the API: one that has a type and metadata. */
export function decodeKubeObject(object: JsonObject): KubeObject {
  const metadata = own(object, 'metadata');
  if (metadata !== undefined && !isObject(metadata))
    throw new ApiError('InternalError', 'an object with metadata that are none', { code: 500 });
  const complete: MutableJsonObject = metadata === undefined ? { ...object, metadata: {} } : object;
  return complete as unknown as KubeObject;
}
