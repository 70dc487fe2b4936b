import { ApiError, badRequest, decodeStrict, isObject, type Json, type JsonObject } from '@kcp/api-machinery';
import { checkJsonValues } from './value-budget.ts';
import { parseYaml } from './yaml.ts';

/** The largest body of a write, in bytes. */
export const BODY_LIMIT = 3 * 1024 * 1024;

/** The formats of request bodies. */
export type BodyFormat = 'json' | 'protobuf' | 'yaml';

/** The formats that any value can be read from; a message says little without its kind. */
export type TextFormat = Exclude<BodyFormat, 'protobuf'>;

/** A body as it was read: the value, and what a strict reader would have refused. */
export interface DecodedBody {
  readonly value: Json;
  /** Texts about keys that occur twice, as the field validation tells them. */
  readonly duplicates: readonly string[];
}

/** The body of a write: an object. */
export interface ObjectBody {
  readonly object: JsonObject;
  readonly duplicates: readonly string[];
}

const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** Which decoder a Content-Type names. Throws UnsupportedMediaType. */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? '';
  if (type === '' || type === 'application/json') return 'json';
  if (type === 'application/yaml') return 'yaml';
  if (type === 'application/vnd.kubernetes.protobuf') return 'protobuf';
  throw new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`,
  );
}

/**
 * Reads a body. Throws an error whose message is the decoder's, in Go's words, where it is not of the format, and
 * RequestEntityTooLarge where it holds too many values.
 */
export function decodeBody(bytes: Uint8Array, format: TextFormat): DecodedBody {
  if (format === 'yaml') return parseYaml(Buffer.from(bytes).toString('utf8'));
  checkJsonValues(bytes);
  return decodeStrict(bytes);
}

/** What a decoder says is wrong with a body, for the sentence of who asked; what is no fault of its words is thrown as it is. */
export function decoderWords(error: unknown): string {
  if (error instanceof ApiError && error.reason !== 'BadRequest') throw error;
  return error instanceof Error ? error.message : String(error);
}

/** Reads the body of a write: an object, or nothing (`null`). Throws BadRequest in the words for this kind. */
export function decodeObjectBody(bytes: Buffer, format: TextFormat, kind: string): ObjectBody {
  let body: DecodedBody;
  try {
    body = decodeBody(bytes, format);
  } catch (error) {
    throw unreadable(bytes, kind, decoderWords(error));
  }
  return objectOf(body, bytes, kind);
}

/** A body that was read, as the body of a write. Throws BadRequest where it is no object. */
export function objectOf({ value, duplicates }: DecodedBody, bytes: Buffer, kind: string): ObjectBody {
  if (value === null && bytes.length > 0) return { object: {}, duplicates: [] };
  if (isObject(value)) return { object: value, duplicates };
  throw unreadable(bytes, kind, 'cannot unmarshal the value into an object');
}

/** What is said of a body that is no object of the kind that is wanted. */
export function unreadable(bytes: Buffer, kind: string, why: string): ApiError {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${excerpt(bytes)})`,
  );
}

/** The beginning of a body in hexadecimal, as the original shows it. */
export function excerpt(bytes: Buffer): string {
  const shown = bytes.subarray(0, 20).toString('hex');
  return bytes.length > 20 ? `${shown} ...` : shown;
}
