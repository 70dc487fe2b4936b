import { ApiError, formatApiVersion, type JsonObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { StoredObject } from '@kcp/object-store';
import { metadataCodec, protobufItems, protobufList } from '../present/protobuf.ts';
import { decoded } from '../present/render.ts';
import { contentTypes, headersFor } from '../present/respond.ts';
import { breathe } from './breathe.ts';
import type { CollectionTarget } from './target.ts';

/** How many objects are written at a time; between them others have their turn. */
const PAGE = 500;

/** What a list is answered with where one object's metadata was asked for. */
export function notOneObject(): ApiError {
  return new ApiError('NotAcceptable', 'you requested PartialObjectMetadata, but the requested object is a list');
}

/** A list, or its metadata alone, in protobuf. */
export async function respondProtobufList(
  { exchange, resource, representation: { transform } }: CollectionTarget,
  objects: readonly StoredObject[],
  metadata: JsonObject,
): Promise<Response> {
  const codec = transform === undefined ? resource.protobuf : metadataCodec;
  if (codec === undefined || transform?.kind === 'PartialObjectMetadata') throw notOneObject();
  const items: Buffer[] = [];
  for (let start = 0; start < objects.length; start += PAGE) {
    items.push(protobufItems(await decoded(resource, objects.slice(start, start + PAGE)), codec));
    if (start + PAGE < objects.length) await breathe();
  }
  const type = transform
    ? { kind: transform.kind, apiVersion: `meta.k8s.io/${transform.version}` }
    : { kind: resource.listKind, apiVersion: formatApiVersion(resource.gvr) };
  const headers = headersFor(exchange, { 'content-type': contentTypes.protobuf });
  return { status: 200, headers, body: protobufList(type, metadata, items) };
}
