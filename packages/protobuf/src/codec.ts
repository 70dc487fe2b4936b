import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { isArray, isObject, put } from '@kcp/api-machinery';
import { encodeMessage, wireTypeOf } from './encode.ts';
import type { Field, MapOf, Message, Scalar, Wrapped } from './message.ts';
import { WireReader } from './wire-reader.ts';
import { WireError } from './wire-type.ts';

/** Between the JSON form of one type and its message. */
export interface ProtobufCodec {
  /** The message, without an envelope. */
  encode(object: JsonObject): Buffer;
  /** The object as a client would have sent it in JSON, without kind and apiVersion. Throws as `decodeMessage` does. */
  decode(bytes: Uint8Array): JsonObject;
}

/** The codec of a message. */
export function messageCodec(type: Message): ProtobufCodec {
  return { encode: (object) => encodeMessage(type, object), decode: (bytes) => decodeMessage(type, bytes) };
}

/**
 * Reads a message into JSON, as Go's generated code reads it: unknown fields are passed over, of a scalar that occurs twice the
 * last counts, lists and maps are joined, messages merged. Throws WireError where the bytes are no such message and
 * RequestEntityTooLarge where they hold too many values.
 */
export function decodeMessage(type: Message, bytes: Uint8Array): JsonObject {
  const into: MutableJsonObject = {};
  readFields(new WireReader(bytes), type, into);
  return into;
}

function readFields(reader: WireReader, type: Message, into: MutableJsonObject): void {
  const fields = type.byNumber();
  while (!reader.done) {
    const tag = reader.tag(type.name);
    const field = fields[tag >>> 3];
    if (field === undefined) {
      reader.skip(tag & 7);
      continue;
    }
    reader.spend(1);
    if ((tag & 7) !== wireTypeOf(singleOf(field))) throw wrongWireType(tag & 7, field.name);
    readField(reader, field, into);
  }
}

function wrongWireType(wireType: number, name: string): WireError {
  const goName = name.charAt(0).toUpperCase() + name.slice(1);
  return new WireError(`proto: wrong wireType = ${wireType} for field ${goName}`);
}

function singleOf({ type }: Field): Field['type'] {
  return typeof type !== 'string' && type.kind === 'repeated' ? type.of : type;
}

function readField(reader: WireReader, { name, type }: Field, into: MutableJsonObject): void {
  if (typeof type === 'string' || type.kind === 'wrapped') {
    into[name] = readValue(reader, type);
    return;
  }
  const known = into[name];
  if (type.kind === 'repeated') {
    const items = isArray(known) ? (known as Json[]) : [];
    items.push(readValue(reader, type.of));
    into[name] = items;
    return;
  }
  const outer = reader.enter();
  if (type.kind === 'embedded') {
    readFields(reader, type.message, into);
    return reader.leave(outer);
  }
  const object: MutableJsonObject = isObject(known) ? known : {};
  if (type.kind === 'map') readEntry(reader, type, object);
  else readFields(reader, type, object);
  reader.leave(outer);
  into[name] = object;
}

function readValue(reader: WireReader, type: Scalar | Message | Wrapped): Json {
  if (typeof type === 'string') return readScalar(reader, type);
  const outer = reader.enter();
  const fields: MutableJsonObject = {};
  readFields(reader, type.kind === 'wrapped' ? type.message : type, fields);
  reader.leave(outer);
  return type.kind === 'wrapped' ? type.fromMessage(fields, reader) : fields;
}

function readScalar(reader: WireReader, type: Scalar): Json {
  switch (type) {
    case 'string':
      return reader.text();
    case 'bytes':
      return reader.raw().toString('base64');
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return reader.int64();
    case 'double':
      return reader.double();
  }
}

/** An entry without key has the empty one, an entry without value the type's zero. */
function readEntry(reader: WireReader, { of }: MapOf, into: MutableJsonObject): void {
  let key = '';
  let value: Json | undefined;
  while (!reader.done) {
    const tag = reader.tag('entry');
    const number = tag >>> 3;
    if (number !== 1 && number !== 2) {
      reader.skip(tag & 7);
      continue;
    }
    if ((tag & 7) !== wireTypeOf(number === 1 ? 'string' : of)) throw wrongWireType(tag & 7, 'entry');
    if (number === 1) key = reader.text();
    else value = readValue(reader, of);
  }
  put(into, key, value ?? zeroOf(of, reader));
}

const zeros: Readonly<Record<Scalar, Json>> = { string: '', bool: false, int32: 0, int64: 0, double: 0, bytes: '' };

function zeroOf(type: Scalar | Message | Wrapped, reader: WireReader): Json {
  if (typeof type === 'string') return zeros[type];
  return type.kind === 'wrapped' ? type.fromMessage({}, reader) : {};
}
