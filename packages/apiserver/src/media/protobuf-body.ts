import { badRequest, parseApiVersion, put, type JsonObject, type MutableJsonObject } from '@kcp/api-machinery';
import { openEnvelope, type Enveloped, type ProtobufCodec } from '@kcp/protobuf';
import { decoderWords, excerpt } from './body.ts';

/** What a body must be. */
export interface ExpectedMessage {
  readonly kind: string;
  /** Absent where there are no messages of the kind. */
  readonly protobuf: ProtobufCodec | undefined;
}

const NO_MESSAGE =
  'object *unstructured.Unstructured does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message';

/**
 * Reads a protobuf body as a client would have sent it in JSON, with the kind and apiVersion of its envelope where it says them.
 * Throws BadRequest where it is no message of the kind, RequestEntityTooLarge where it holds too many values.
 */
export function decodeProtobufBody(bytes: Buffer, { kind, protobuf }: ExpectedMessage): JsonObject {
  const sent = open(bytes, kind);
  const why = (text: string): Error => badRequest(cannotHandle(sent, kind, text));
  if (protobuf === undefined) throw why(NO_MESSAGE);
  if (sent.kind !== '' && sent.kind !== kind) {
    const version = JSON.stringify(sent.apiVersion);
    throw why(`no kind ${JSON.stringify(sent.kind)} is registered for version ${version} here`);
  }
  try {
    const object: MutableJsonObject = protobuf.decode(sent.raw);
    if (sent.kind !== '') put(object, 'kind', sent.kind);
    if (sent.apiVersion !== '') put(object, 'apiVersion', sent.apiVersion);
    return object;
  } catch (error) {
    throw why(decoderWords(error));
  }
}

function open(bytes: Buffer, kind: string): Enveloped {
  try {
    return openEnvelope(bytes);
  } catch (error) {
    const why = decoderWords(error);
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${excerpt(bytes)})`);
  }
}

function cannotHandle({ apiVersion, kind }: Enveloped, expected: string, why: string): string {
  const version = parseApiVersion(apiVersion)?.version ?? apiVersion;
  return `${kind || expected} in version ${JSON.stringify(version)} cannot be handled as a ${expected}: ${why}`;
}
