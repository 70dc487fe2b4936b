import type { Json, JsonObject } from '@kcp/api-machinery';
import { isArray, isObject } from '@kcp/api-machinery';
import type { FieldSpec, FieldType, Message, ProtobufCodec, Repeated, Scalar, Wrapped } from '@kcp/protobuf';
import {
  embedded,
  itemsType,
  jsonType,
  mapOf,
  message,
  messageCodec,
  microTime,
  quantity,
  repeated,
  time,
} from '@kcp/protobuf';
import type { FieldRow, ScalarType, SchemaOrType, StructType, ValueType } from './table.ts';
import { goName } from './table.ts';

const scalars: Readonly<Record<ScalarType, Scalar | Wrapped>> = {
  string: 'string',
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'double',
  base64: 'bytes',
  time,
  microTime,
  quantity,
  json: jsonType('JSON'),
  object: jsonType('RawExtension'),
};

const extraValue = itemsType('ExtraValue');

/** Messages are shared by all kinds that hold them; those of types that nobody asks for are never made. */
const messages = new WeakMap<SchemaOrType | StructType, Message | Wrapped>();

/** The codec of a kind, or undefined where clients know no messages of it: they have those of Kubernetes' own API groups. */
export function protobufCodec(type: StructType): ProtobufCodec | undefined {
  return type.name.startsWith('io.k8s.') ? messageCodec(messageOf(type)) : undefined;
}

/** The message that a table describes. */
export function messageOf(type: StructType): Message {
  const known = messages.get(type);
  if (known?.kind === 'message') return known;
  const name = goName(type);
  const made = message(name, () => {
    const rows = Object.entries(type.fields()).map(([field, row]): Placed => [[row[0]].flat(), field, row]);
    return specsOf(name, rows);
  });
  messages.set(type, made);
  return made;
}

/** A field with the numbers that are still to go to it. */
type Placed = readonly [readonly number[], string, FieldRow];

/** What stands behind one number is a message of its own, whose fields JSON shows as its owner's. */
function specsOf(owner: string, rows: readonly Placed[]): Readonly<Record<string, FieldSpec>> {
  const specs: Record<string, FieldSpec> = {};
  const deeper = new Map<number, Placed[]>();
  for (const [[number = 0, ...rest], name, row] of rows) {
    if (rest.length === 0) specs[name] = specOf(number, row);
    else deeper.set(number, [...(deeper.get(number) ?? []), [rest, name, row]]);
  }
  for (const [number, inner] of deeper) {
    const name = `${owner}.${number}`;
    specs[name] = [number, embedded(message(name, () => specsOf(name, inner)))];
  }
  return specs;
}

function specOf(number: number, [, type, presence]: FieldRow): FieldSpec {
  // a list that was sent empty is none in protobuf
  const isList = typeof type === 'object' && type.kind === 'list';
  const isPointer = (presence === 'pointer' && !isList) || presence === 'nullable';
  return isPointer ? [number, fieldType(type), 'optional'] : [number, fieldType(type)];
}

function fieldType(type: ValueType): FieldType {
  if (typeof type === 'string') return scalars[type];
  if (type.kind === 'list') return repeated(itemType(type.of));
  return type.kind === 'map' ? mapOf(itemType(type.of)) : itemType(type);
}

/** What a list or a map may hold; the only lists in there are texts, in a message of their own. */
function itemType(type: ValueType): Repeated['of'] {
  if (typeof type === 'string') return scalars[type];
  if (type.kind === 'struct') return messageOf(type);
  if (type.kind === 'schemaOr') return schemaOrType(type);
  if (type.kind === 'list' && type.of === 'string') return extraValue;
  throw new TypeError(`no message for a ${type.kind} inside a list or a map`);
}

/** Where a schema may be something simpler; the names are those of Go's structs. */
const alternatives: Readonly<Record<SchemaOrType['alternative'], (schema: Message) => Omit<Wrapped, 'kind'>>> = {
  bool: (schema) => ({
    message: message('JSONSchemaPropsOrBool', () => ({ allows: [1, 'bool'], schema: [2, schema, 'optional'] })),
    toMessage: (value) => (isObject(value) ? { allows: true, schema: value } : { allows: value }),
    fromMessage: (fields) => fields['schema'] ?? fields['allows'] === true,
  }),
  schemas: (schema) => ({
    message: message('JSONSchemaPropsOrArray', () => ({
      schema: [1, schema, 'optional'],
      jSONSchemas: [2, repeated(schema)],
    })),
    toMessage: (value) => toSchemaOr(value, 'jSONSchemas'),
    fromMessage: (fields) => fields['jSONSchemas'] ?? fields['schema'] ?? null,
  }),
  strings: (schema) => ({
    message: message('JSONSchemaPropsOrStringArray', () => ({
      schema: [1, schema, 'optional'],
      property: [2, repeated('string')],
    })),
    toMessage: (value) => toSchemaOr(value, 'property'),
    fromMessage: (fields) => fields['property'] ?? fields['schema'] ?? null,
  }),
};

function toSchemaOr(value: Json, list: string): JsonObject {
  return isArray(value) ? { [list]: value } : { schema: value };
}

function schemaOrType(type: SchemaOrType): Wrapped {
  const known = messages.get(type);
  if (known?.kind === 'wrapped') return known;
  const made: Wrapped = { kind: 'wrapped', ...alternatives[type.alternative](messageOf(type.schema())) };
  messages.set(type, made);
  return made;
}
