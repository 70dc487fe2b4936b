import { ApiError, own, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import {
  envelope,
  listHead,
  listItem,
  messageCodec,
  metaMessage,
  PartialObjectMetadata,
  type ProtobufCodec,
  type TypeMeta,
} from '@kcp/protobuf';

/** An object in its envelope; without a codec, its kind must be one that every server knows (Status, metadata alone, …). */
export function protobufObject(object: JsonObject, codec?: ProtobufCodec): readonly Buffer[] {
  const [kind, apiVersion] = [text(object, 'kind'), text(object, 'apiVersion')];
  const message = codec ? undefined : metaMessage(kind);
  const found = codec ?? (message && messageCodec(message));
  if (found === undefined) throw new ApiError('NotAcceptable', `there is no protobuf message for the kind ${kind}`);
  return envelope({ apiVersion, kind }, [found.encode(object)]);
}

function text(object: JsonObject, name: string): string {
  const value = own(object, name);
  return typeof value === 'string' ? value : '';
}

/** The codec of what is left of an object where only its metadata is asked for. */
export const metadataCodec: ProtobufCodec = messageCodec(PartialObjectMetadata);

/** Objects as the items of a list, one after the other. */
export function protobufItems(objects: readonly KubeObject[], codec: ProtobufCodec): Buffer {
  return Buffer.concat(objects.map((object) => listItem(codec.encode(object))));
}

/** A list in its envelope. */
export function protobufList(type: TypeMeta, metadata: JsonObject, items: readonly Buffer[]): readonly Buffer[] {
  return envelope(type, [listHead(metadata), ...items]);
}
