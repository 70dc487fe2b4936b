import { ApiError, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { StoredObject } from '@kcp/object-store';
import type { ProtobufCodec } from '@kcp/protobuf';
import type { Exchange } from '../exchange.ts';
import type { Representation } from '../media/negotiate.ts';
import type { ServedResource } from '../served-resource.ts';
import { partialMetadata } from './partial-metadata.ts';
import { LARGE_YAML, yamlText } from '../offload/write-yaml.ts';
import { contentTypes, headersFor, respondBytes, respondValue, wantsPretty } from './respond.ts';
import { makeTable, readIncludeObject } from './table.ts';

/** What a verb found or made, and how to say it. */
export interface ObjectAnswer {
  readonly exchange: Exchange;
  readonly resource: ServedResource;
  readonly representation: Representation;
  readonly status: number;
  /** Of an answer that is no object of the resource. */
  readonly protobuf?: ProtobufCodec | undefined;
}

/** Answers with a stored object: its bytes where they are what was asked for, else decoded, converted and written anew. */
export async function respondStored(answer: ObjectAnswer, stored: StoredObject): Promise<Response> {
  const { resource, representation, exchange } = answer;
  const plain = representation.format === 'json' && representation.transform === undefined && !representation.pretty;
  if (plain && stored.fingerprint === resource.fingerprint && !wantsPretty(exchange)) {
    return respondBytes(exchange, answer.status, stored.json());
  }
  const object = await served(resource, stored);
  if (representation.format !== 'yaml' || representation.transform !== undefined || stored.jsonSize < LARGE_YAML)
    return respondObject(answer, object);
  exchange.audit?.answers(object);
  const headers = headersFor(exchange, { 'content-type': contentTypes.yaml });
  const body = Buffer.from(await yamlText(exchange, object, stored.jsonSize));
  return { status: answer.status, headers, body };
}

/** A stored object in the version of a resource. */
export async function served(resource: ServedResource, stored: StoredObject): Promise<KubeObject> {
  if (stored.fingerprint === resource.fingerprint) return stored.decode();
  const [object] = await resource.fromStored([stored.decode()]);
  if (object === undefined) throw new ApiError('InternalError', 'Internal error occurred: a conversion gave no object');
  return object;
}

/** Stored objects in a resource's version: those of its own fingerprint as they are, the others converted together. */
export async function decoded(
  resource: ServedResource,
  objects: readonly StoredObject[],
): Promise<readonly KubeObject[]> {
  const foreign = objects.filter((stored) => stored.fingerprint !== resource.fingerprint);
  if (foreign.length === 0) return objects.map((stored) => stored.decode());
  const converted = await resource.fromStored(foreign.map((stored) => stored.decode()));
  const byStored = new Map(foreign.map((stored, index) => [stored, converted[index]]));
  return objects.flatMap(
    (stored) => byStored.get(stored) ?? (stored.fingerprint === resource.fingerprint ? [stored.decode()] : []),
  );
}

/** Answers with an object that is at hand. */
export function respondObject(answer: ObjectAnswer, object: KubeObject): Response {
  const { exchange, representation, status } = answer;
  const { format, pretty, transform } = representation;
  const value = transformed(answer, object);
  const protobuf = transform === undefined ? (answer.protobuf ?? answer.resource.protobuf) : undefined;
  return respondValue(exchange, { status, value, format, pretty, protobuf });
}

function transformed({ exchange, resource, representation }: ObjectAnswer, object: KubeObject): JsonObject {
  const { transform } = representation;
  switch (transform?.kind) {
    case undefined:
      return object;
    case 'PartialObjectMetadata':
      return partialMetadata(object, transform.version);
    case 'PartialObjectMetadataList':
      throw new ApiError(
        'NotAcceptable',
        'you requested PartialObjectMetadataList, but the requested object is not a list',
      );
    case 'Table':
      return makeTable([object], {
        resource,
        version: transform.version,
        include: readIncludeObject(exchange.query),
        now: exchange.received,
        metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
        withColumns: true,
      });
  }
}
