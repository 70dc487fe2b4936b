import { parseGoBool } from '@kcp/api-machinery';
import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration } from '../check/declaration.ts';
import { asBool, asBytes, asDouble, asInstance, asInt, asList, asMap, asString, asUint } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { fitsInt, formatDouble, int, smallInt, uint } from '../values/number.ts';
import { decodeUtf8, pointCount } from '../values/text.ts';
import { Duration, formatDuration, formatTimestamp, parseDuration, parseTimestamp, Timestamp } from '../values/time.ts';
import { Double, typeOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** As cel-go says it: the text itself is not shown. */
function unreadableAs(type: string): Fault {
  return new Fault(`type conversion error from 'string' to '${type}'`);
}

function doubleToInt(value: number): Value {
  const whole = Math.trunc(value);
  if (Number.isNaN(value) || whole <= -9223372036854775808 || whole >= 9223372036854775808)
    throw new Fault('integer overflow');
  return smallInt(BigInt(whole));
}

function doubleToUint(value: number): Value {
  if (Number.isNaN(value) || value < 0 || value >= 18446744073709551616) throw new Fault('unsigned integer overflow');
  return uint(BigInt(Math.trunc(value)));
}

function stringToInt(text: string): Value {
  if (!/^[+-]?\d{1,30}$/.test(text)) throw unreadableAs('int');
  const value = BigInt(text.replace(/^\+/, ''));
  if (!fitsInt(value)) throw unreadableAs('int');
  return smallInt(value);
}

function stringToUint(text: string): Value {
  if (!/^\d{1,30}$/.test(text) || BigInt(text) >= 2n ** 64n) throw unreadableAs('uint');
  return uint(BigInt(text));
}

function stringToDouble(text: string): Value {
  const special = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(text);
  if (special !== null) {
    if (special[2] === undefined) return new Double(Number.NaN);
    return new Double(special[1] === '-' ? -Infinity : Infinity);
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) throw unreadableAs('double');
  const value = Number(text);
  if (!Number.isFinite(value)) throw unreadableAs('double');
  return new Double(value);
}

function stringToBool(text: string): Value {
  const value = parseGoBool(text);
  if (value === undefined) throw unreadableAs('bool');
  return value;
}

function bytesToString(bytes: Uint8Array): Value {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new Fault('invalid UTF-8 in bytes, cannot convert to string');
  return text;
}

function stringToTimestamp(text: string): Value {
  const at = parseTimestamp(text);
  if (at === undefined) throw unreadableAs('google.protobuf.Timestamp');
  return at;
}

function stringToDuration(text: string): Value {
  const length = parseDuration(text);
  if (length === undefined) throw unreadableAs('google.protobuf.Duration');
  return length;
}

/** The conversions between types, `type`, `dyn` and `size`. */
export const conversionFunctions: readonly FunctionDeclaration[] = [
  declare(
    'bool',
    ['bool_to_bool', '(bool) -> bool', (a) => asBool(a)],
    ['string_to_bool', '(string) -> bool', (a) => stringToBool(asString(a))],
  ),
  declare(
    'bytes',
    ['bytes_to_bytes', '(bytes) -> bytes', (a) => asBytes(a)],
    ['string_to_bytes', '(string) -> bytes', (a) => new TextEncoder().encode(asString(a))],
  ),
  declare(
    'double',
    ['double_to_double', '(double) -> double', (a) => new Double(asDouble(a))],
    ['int64_to_double', '(int) -> double', (a) => new Double(Number(asInt(a)))],
    ['string_to_double', '(string) -> double', (a) => stringToDouble(asString(a))],
    ['uint64_to_double', '(uint) -> double', (a) => new Double(Number(asUint(a)))],
  ),
  declare(
    'duration',
    ['duration_to_duration', '(duration) -> duration', (a) => asInstance(Duration, a)],
    ['int64_to_duration', '(int) -> duration', (a) => Duration.of(BigInt(asInt(a)))],
    ['string_to_duration', '(string) -> duration', (a) => stringToDuration(asString(a))],
  ),
  declare('dyn', ['to_dyn', '(A) -> dyn', (a = null) => a]),
  declare(
    'int',
    ['int64_to_int64', '(int) -> int', (a) => asInt(a)],
    ['double_to_int64', '(double) -> int', (a) => doubleToInt(asDouble(a))],
    ['duration_to_int64', '(duration) -> int', (a) => smallInt(asInstance(Duration, a).nanos)],
    ['string_to_int64', '(string) -> int', (a) => stringToInt(asString(a))],
    ['timestamp_to_int64', '(timestamp) -> int', (a) => asInstance(Timestamp, a).seconds],
    ['uint64_to_int64', '(uint) -> int', (a) => int(asUint(a))],
  ),
  declare(
    'string',
    ['string_to_string', '(string) -> string', (a) => asString(a)],
    ['bool_to_string', '(bool) -> string', (a) => String(asBool(a))],
    ['bytes_to_string', '(bytes) -> string', (a) => bytesToString(asBytes(a))],
    ['double_to_string', '(double) -> string', (a) => formatDouble(asDouble(a))],
    ['duration_to_string', '(duration) -> string', (a) => formatDuration(asInstance(Duration, a))],
    ['int64_to_string', '(int) -> string', (a) => String(asInt(a))],
    ['timestamp_to_string', '(timestamp) -> string', (a) => formatTimestamp(asInstance(Timestamp, a))],
    ['uint64_to_string', '(uint) -> string', (a) => String(asUint(a))],
  ),
  declare(
    'timestamp',
    ['timestamp_to_timestamp', '(timestamp) -> timestamp', (a) => asInstance(Timestamp, a)],
    ['int64_to_timestamp', '(int) -> timestamp', (a) => Timestamp.of(BigInt(asInt(a)) * 1_000_000_000n)],
    ['string_to_timestamp', '(string) -> timestamp', (a) => stringToTimestamp(asString(a))],
  ),
  declare('type', ['type', '(A) -> type(A)', (a = null) => typeOf(a)]),
  declare(
    'uint',
    ['uint64_to_uint64', '(uint) -> uint', (a) => uint(asUint(a))],
    ['double_to_uint64', '(double) -> uint', (a) => doubleToUint(asDouble(a))],
    ['int64_to_uint64', '(int) -> uint', (a) => uint(BigInt(asInt(a)))],
    ['string_to_uint64', '(string) -> uint', (a) => stringToUint(asString(a))],
  ),
  declare(
    'size',
    ['bytes_size', 'bytes.() -> int', (a) => asBytes(a).length],
    ['size_bytes', '(bytes) -> int', (a) => asBytes(a).length],
    ['list_size', 'list(A).() -> int', (a) => asList(a).size],
    ['size_list', '(list(A)) -> int', (a) => asList(a).size],
    ['map_size', 'map(A, B).() -> int', (a) => asMap(a).size],
    ['size_map', '(map(A, B)) -> int', (a) => asMap(a).size],
    ['string_size', 'string.() -> int', (a) => pointCount(asString(a))],
    ['size_string', '(string) -> int', (a) => pointCount(asString(a))],
  ),
];
