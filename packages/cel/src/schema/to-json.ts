import { put } from '@kcp/api-machinery';
import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import { Fault } from '../values/fault.ts';
import { Duration, formatDuration, formatTimestamp, Timestamp } from '../values/time.ts';
import { Double, itemsOf, ListValue, MapValue, Optional, StructValue, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/**
 * A value as data: times, durations and bytes as JSON has them in protobuf's mapping, an absent optional as null. Throws Fault
 * for what is no data: types, values of libraries, infinite numbers, maps with keys that are no texts.
 */
export function jsonFromValue(value: Value): Json {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof ListValue) return itemsOf(value).map(jsonFromValue);
  if (value instanceof MapValue) return objectOf(mapEntries(value));
  if (value instanceof StructValue) return objectOf(value.entries?.() ?? noData());
  return jsonOfScalar(value);
}

function jsonOfScalar(value: Exclude<Value, ListValue | MapValue | StructValue>): Json {
  if (value instanceof Double) return Number.isFinite(value.value) ? value.value : noData();
  if (value instanceof Uint) return value.value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value.value) : value.value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Optional) return value.value === undefined ? null : jsonFromValue(value.value);
  return noData();
}

function* mapEntries(map: MapValue): Iterable<readonly [string, Value]> {
  for (const key of map.keys()) {
    if (typeof key !== 'string') throw new Fault('map key is not a string');
    yield [key, map.find(key) ?? null];
  }
}

function objectOf(entries: Iterable<readonly [string, Value]>): Json {
  const json: MutableJsonObject = {};
  for (const [name, value] of entries) put(json, name, jsonFromValue(value));
  return json;
}

function noData(): never {
  throw new Fault('the value could not be marshalled to JSON');
}
