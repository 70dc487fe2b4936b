import type { Json, JsonObject } from '@kcp/api-machinery';
import { isArray, isObject, own } from '@kcp/api-machinery';
import type { Field, FieldType, MapOf, Message, Scalar, Wrapped } from './message.ts';
import { wireTypes } from './wire-type.ts';
import { WireWriter } from './wire-writer.ts';

/**
 * Writes an object as Go's generated code writes the struct that it stands for: fields in the order of their numbers, those
 * that are no pointers always, map entries in the order of their keys. Members that the message does not name are left out.
 */
export function encodeMessage(type: Message, object: JsonObject): Buffer {
  const writer = new WireWriter();
  writeMessage(writer, type, object);
  return writer.finish();
}

const NOTHING: JsonObject = {};

function writeMessage(writer: WireWriter, type: Message, object: JsonObject): void {
  const fields = type.fields();
  for (let at = fields.length - 1; at >= 0; at -= 1) {
    const field = fields[at];
    if (field === undefined) continue;
    if (typeof field.type === 'string' || field.type.kind !== 'embedded') {
      writeField(writer, field, object[field.name]);
      continue;
    }
    const before = writer.size;
    writeMessage(writer, field.type.message, object);
    writer.head(field.number, before);
  }
}

function writeField(writer: WireWriter, { type, number, optional }: Field, value: Json | undefined): void {
  if (typeof type !== 'string') {
    if (type.kind === 'embedded') return;
    if (type.kind === 'repeated') return writeItems(writer, { type: type.of, number }, value);
    if (type.kind === 'map') return writeEntries(writer, { type, number }, value);
  }
  if ((value === undefined || value === null) && (optional || type === 'bytes')) return;
  writeValue(writer, { type, number }, value ?? null);
}

interface Single {
  readonly type: Scalar | Message | Wrapped;
  readonly number: number;
}

function writeItems(writer: WireWriter, single: Single, value: Json | undefined): void {
  if (!isArray(value)) return;
  for (let at = value.length - 1; at >= 0; at -= 1) writeValue(writer, single, value[at] ?? null);
}

const HIGH_TEXT = /[\ud800-\uffff]/;

/** The order of the UTF-8 bytes, which for most texts is that of the UTF-16 units. */
function inByteOrder(keys: string[]): string[] {
  if (!keys.some((key) => HIGH_TEXT.test(key))) return keys.sort();
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function writeEntries(writer: WireWriter, { type, number }: { type: MapOf; number: number }, value?: Json): void {
  if (!isObject(value)) return;
  const keys = inByteOrder(Object.keys(value));
  for (let at = keys.length - 1; at >= 0; at -= 1) {
    const key = keys[at] ?? '';
    const before = writer.size;
    const member = own(value, key);
    if (type.of !== 'bytes' || typeof member === 'string') {
      writeValue(writer, { type: type.of, number: 2 }, member ?? null);
    }
    writeValue(writer, { type: 'string', number: 1 }, key);
    writer.head(number, before);
  }
}

/** A value with its tag; null is the type's zero. */
function writeValue(writer: WireWriter, { type, number }: Single, value: Json): void {
  const before = writer.size;
  if (typeof type === 'string') {
    writeScalar(writer, type, value);
    const wireType = wireTypeOf(type);
    if (wireType === wireTypes.bytes) writer.head(number, before);
    else writer.tag(number, wireType);
    return;
  }
  if (type.kind === 'message') writeMessage(writer, type, isObject(value) ? value : NOTHING);
  else writeMessage(writer, type.message, type.toMessage(value));
  writer.head(number, before);
}

function writeScalar(writer: WireWriter, type: Scalar, value: Json): void {
  switch (type) {
    case 'string':
      return writer.text(typeof value === 'string' ? value : '');
    case 'bytes':
      return writer.raw(Buffer.from(typeof value === 'string' ? value : '', 'base64'));
    case 'bool':
      return writer.unsigned(value === true ? 1 : 0);
    case 'int32':
    case 'int64':
      return writer.integer(integerOf(value));
    case 'double':
      return writer.double(Number(value));
  }
}

function integerOf(value: Json): number | bigint {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' ? Math.trunc(value) || 0 : 0;
}

const scalarWireTypes: Readonly<Record<Scalar, number>> = {
  string: wireTypes.bytes,
  bytes: wireTypes.bytes,
  bool: wireTypes.varint,
  int32: wireTypes.varint,
  int64: wireTypes.varint,
  double: wireTypes.fixed64,
};

/** The wire type of a field that is no list of scalars. */
export function wireTypeOf(type: FieldType): number {
  return typeof type === 'string' ? scalarWireTypes[type] : wireTypes.bytes;
}
