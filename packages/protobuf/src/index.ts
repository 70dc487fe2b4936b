export { decodeMessage, messageCodec } from './codec.ts';
export type { ProtobufCodec } from './codec.ts';
export { encodeMessage } from './encode.ts';
export { envelope, openEnvelope } from './envelope.ts';
export type { Enveloped, TypeMeta } from './envelope.ts';
export { listHead, listItem } from './list-message.ts';
export { embedded, mapOf, message, repeated } from './message.ts';
export type {
  Budget,
  Embedded,
  Field,
  FieldSpec,
  FieldType,
  MapOf,
  Message,
  Repeated,
  Scalar,
  Wrapped,
} from './message.ts';
export { DeleteOptions, ListMeta, metaMessage, ObjectMeta, PartialObjectMetadata, Scale, Status } from './meta.ts';
export { watchFrame } from './watch-frame.ts';
export { WireError } from './wire-type.ts';
export { intOrString, itemsType, jsonType, microTime, quantity, time } from './wrapped-types.ts';
