import { stringifyJson, type JsonObject } from '@kcp/api-machinery';
import { encodeMessage } from '@kcp/protobuf';
import { Definitions, DocumentHead, documentFields, Paths } from './v2-messages.ts';

/** The parts of a document, each as the bytes that it is written in, by name. */
export interface SwaggerParts {
  readonly paths: ReadonlyMap<string, Buffer>;
  readonly definitions: ReadonlyMap<string, Buffer>;
}

/** How an OpenAPI v2 document is written: part by part, since all of it at once would hold up everybody. */
export interface SwaggerForm {
  readonly contentType: string;
  path(name: string, item: JsonObject): Buffer;
  definition(name: string, schema: JsonObject): Buffer;
  /** The document, in pieces. */
  document(parts: SwaggerParts): Iterable<Uint8Array>;
}

const HEAD = { swagger: '2.0', info: { title: 'Kubernetes', version: 'unversioned' } };

/** Bytes of a piece of a document: what is hashed and copied in one go. */
const PIECE = 512 * 1024;

/** JSON. */
export const swaggerJson: SwaggerForm = {
  contentType: 'application/json',
  path: jsonMember,
  definition: jsonMember,
  *document({ paths, definitions }) {
    yield Buffer.from(`${stringifyJson(HEAD).slice(0, -1)},"paths":{`);
    yield* joined(paths.values(), ',');
    yield Buffer.from('},"definitions":{');
    yield* joined(definitions.values(), ',');
    yield Buffer.from('}}');
  },
};

/** Protobuf, the only form that kubectl asked for before OpenAPI v3. */
export const swaggerProtobuf: SwaggerForm = {
  contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  path: (name, item) => encodeMessage(Paths, { path: Object.fromEntries([[name, item]]) }),
  definition: (name, schema) => encodeMessage(Definitions, { definition: Object.fromEntries([[name, schema]]) }),
  *document({ paths, definitions }) {
    yield encodeMessage(DocumentHead, HEAD);
    yield fieldHead(documentFields.paths, paths.values());
    yield* joined(paths.values(), '');
    yield fieldHead(documentFields.definitions, definitions.values());
    yield* joined(definitions.values(), '');
  },
};

function jsonMember(name: string, value: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify(name)}:${stringifyJson(value)}`);
}

/** The head of a length-delimited field (protobuf encoding): its number, and how long its parts are together. */
function fieldHead(number: number, parts: Iterable<Buffer>): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = [number * 8 + 2];
  for (; length >= 128; length = Math.floor(length / 128)) bytes.push((length % 128) | 128);
  bytes.push(length);
  return Buffer.from(bytes);
}

/** Parts as pieces of a size that pays. */
function* joined(parts: Iterable<Buffer>, separator: ',' | ''): Iterable<Buffer> {
  const between = Buffer.from(separator);
  let gathered: Buffer[] = [];
  let size = 0;
  let first = true;
  for (const part of parts) {
    if (!first) gathered.push(between);
    first = false;
    gathered.push(part);
    size += part.length;
    if (size < PIECE) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  yield Buffer.concat(gathered);
}
