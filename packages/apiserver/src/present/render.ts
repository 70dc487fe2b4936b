import { ApiError, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { StoredObject } from '@kcp/object-store';
import type { Exchange } from '../exchange.ts';
import type { Representation } from '../media/negotiate.ts';
import type { ServedResource } from '../served-resource.ts';
import { partialMetadata } from './partial-metadata.ts';
import { respondBytes, respondValue, wantsPretty } from './respond.ts';
import { makeTable, readIncludeObject } from './table.ts';

/** What a verb found or made, and how to say it. */
export interface ObjectAnswer {
  readonly exchange: Exchange;
  readonly resource: ServedResource;
  readonly representation: Representation;
  readonly status: number;
}

/** Answers with a stored object: its bytes where they are what was asked for, else decoded, converted and written anew. */
export async function respondStored(answer: ObjectAnswer, stored: StoredObject): Promise<Response> {
  const { resource, representation, exchange } = answer;
  const plain = representation.format === 'json' && representation.transform === undefined && !representation.pretty;
  if (plain && stored.fingerprint === resource.fingerprint && !wantsPretty(exchange)) {
    return respondBytes(exchange, answer.status, stored.json());
  }
  return respondObject(answer, await served(resource, stored));
}

/** A stored object in the version of a resource. */
export async function served(resource: ServedResource, stored: StoredObject): Promise<KubeObject> {
  if (stored.fingerprint === resource.fingerprint) return stored.decode();
  const [object] = await resource.fromStored([stored.decode()]);
  if (object === undefined) throw new ApiError('InternalError', 'Internal error occurred: a conversion gave no object');
  return object;
}

/** Answers with an object that is at hand. */
export function respondObject(answer: ObjectAnswer, object: KubeObject): Response {
  const { exchange, representation, status } = answer;
  const value = transformed(answer, object);
  return respondValue(exchange, { status, value, format: representation.format, pretty: representation.pretty });
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
