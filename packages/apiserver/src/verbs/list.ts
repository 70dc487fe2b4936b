import {
  ApiError,
  badRequest,
  expired,
  formatApiVersion,
  stringifyJson,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { relativeKey, type ObjectReader, type StoredObject } from '@kcp/object-store';
import { inSpan } from '@kcp/telemetry';
import { partialMetadataList } from '../present/partial-metadata.ts';
import { decoded } from '../present/render.ts';
import { headersFor, wantsPretty } from '../present/respond.ts';
import { makeTable, readIncludeObject } from '../present/table.ts';
import { formatContinueToken, parseContinueToken } from '../request/continue-token.ts';
import { readListOptions, type ListOptions } from '../request/list-options.ts';
import { listResourceVersion, tooLargeVersion } from '../request/resource-version.ts';
import { matcher, selectedName, type Match } from '../request/selection.ts';
import type { ServedResource } from '../served-resource.ts';
import type { CollectionTarget } from './target.ts';
import { breathe } from './breathe.ts';
import { type ListForm, respondWrittenList } from './written-list.ts';
import { notOneObject, respondProtobufList } from './protobuf-list.ts';

/** How many rows are read at a time; between them others have their turn. */
const PAGE = 500;

/** Which part of the past or present a list shows. */
interface Window {
  readonly at: number | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}

/** What a list found. */
export interface Listing {
  readonly objects: readonly StoredObject[];
  readonly revision: number;
  /** Present where more follows. */
  readonly continue: string;
  readonly remaining: number | undefined;
}

/** GET of a collection. */
export async function list(store: ObjectReader, target: CollectionTarget): Promise<Response> {
  const { resource, exchange } = target;
  const options = readListOptions(exchange.query, false);
  const match = matcher(resource, options);
  const listing = await inSpan(exchange.span, 'read', () => collect(store, target, { options, match }));
  return inSpan(exchange.span, 'write', () => respondList(target, listing));
}

/** The objects of a collection that options select, in key order, read in pages at one revision. */
export async function collect(
  store: ObjectReader,
  target: Pick<CollectionTarget, 'resource' | 'cluster' | 'namespace'>,
  { options, match }: { options: ListOptions; match: Match },
): Promise<Listing> {
  const window = readWindow(store, options);
  const name = selectedName(options);
  if (
    name !== undefined &&
    window.after === undefined &&
    (target.namespace !== '' || !target.resource.namespaced) &&
    typeof target.cluster === 'string'
  ) {
    return single(store, target, { name, match, window });
  }
  return paged(store, target, { window, match });
}

function readWindow(store: ObjectReader, options: ListOptions): Window {
  const head = store.head();
  const version =
    options.continue === '' || options.resourceVersion !== '0' ? listResourceVersion(options.resourceVersion) : 0;
  if (options.continue !== '') {
    if (version > 0) throw badRequest('specifying resource version is not allowed when using continue');
    const token = parseContinueToken(options.continue);
    if (token.revision > head)
      throw badRequest('invalid continue token: continue key is not valid: revision of the future');
    return { at: token.revision, after: token.after, limit: options.limit };
  }
  if (version > head) throw tooLargeVersion(version, head);
  if (options.resourceVersion === '0') return { at: undefined, after: undefined, limit: 0 };
  const exact = version > 0 && (options.match === 'Exact' || (options.match === '' && options.limit > 0));
  return { at: exact ? version : undefined, after: undefined, limit: options.limit };
}

type Place = Pick<CollectionTarget, 'resource' | 'cluster' | 'namespace'>;

function single(
  store: ObjectReader,
  place: Place,
  { name, match, window }: { name: string; match: Match; window: Window },
): Listing {
  const { resource, cluster, namespace } = place;
  const revision = window.at ?? store.head();
  const valid = name !== '' && !name.includes('/') && typeof cluster === 'string';
  const stored = valid ? store.get(resource.bucket, { cluster, namespace, name }, window.at) : undefined;
  const objects = stored && (!match || match(stored.decode())) ? [stored] : [];
  return { objects, revision, continue: '', remaining: undefined };
}

async function paged(
  store: ObjectReader,
  place: Place,
  { window, match }: { window: Window; match: Match },
): Promise<Listing> {
  const selection = { bucket: place.resource.bucket, cluster: place.cluster, namespace: place.namespace };
  const objects: StoredObject[] = [];
  let after = window.after;
  let at = window.at;
  for (;;) {
    const wanted = window.limit > 0 ? window.limit - objects.length : Infinity;
    const page = readPage(store, {
      ...selection,
      limit: match ? PAGE : Math.min(PAGE, wanted),
      ...(after !== undefined && { after }),
      ...(at !== undefined && { at }),
    });
    at = page.revision;
    const last = take(objects, page.objects, { match, limit: window.limit });
    if (window.limit > 0 && objects.length >= window.limit) {
      const rest = last ? (page.resume?.(last) ?? relativeKey(selection, last.key)) : page.next;
      if (rest === undefined) return { objects, revision: at, continue: '', remaining: undefined };
      const remaining = match ? undefined : store.count({ ...selection, after: rest, at });
      return { objects, revision: at, continue: formatContinueToken({ revision: at, after: rest }), remaining };
    }
    if (page.next === undefined) return { objects, revision: at, continue: '', remaining: undefined };
    after = page.next;
    await breathe();
  }
}

/** Adds the matching objects of a page; where the limit is reached before its end, the last one that was taken. */
function take(
  into: StoredObject[],
  page: readonly StoredObject[],
  { match, limit }: { match: Match; limit: number },
): StoredObject | undefined {
  for (const [index, stored] of page.entries()) {
    if (match && !match(stored.decode())) continue;
    into.push(stored);
    if (limit > 0 && into.length >= limit) {
      return index < page.length - 1 ? stored : undefined;
    }
  }
  return undefined;
}

function readPage(store: ObjectReader, options: Parameters<ObjectReader['page']>[0]): ReturnType<ObjectReader['page']> {
  try {
    return store.page(options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'Expired' || options.after === undefined) throw error;
    const token = formatContinueToken({ revision: store.head(), after: options.after });
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      { continue: token },
    );
  }
}

/** Says what a list found, in the form agreed on. */
export async function respondList(target: CollectionTarget, listing: Listing): Promise<Response> {
  const { exchange, resource, representation } = target;
  const { transform, format, pretty } = representation;
  if (transform === undefined && format === 'json' && !pretty && !wantsPretty(exchange)) {
    return {
      status: 200,
      headers: headersFor(exchange, { 'content-type': 'application/json' }),
      body: await listBytes(resource, listing),
    };
  }
  if (format !== 'json' && exchange.audit?.wantsAnswers) await showToAudit(target, listing);
  if (format === 'protobuf') {
    return respondProtobufList(target, listing.objects, listMetadata(resource, listing));
  }
  const make: ListForm['make'] = (objects) =>
    transform === undefined ? plainList(resource, objects, listing) : transformedList(target, objects, listing);
  return respondWrittenList(exchange, listing.objects, {
    resource,
    make,
    member: transform?.kind === 'Table' ? 'rows' : 'items',
    format: format === 'json' && (pretty || wantsPretty(exchange)) ? 'pretty' : format,
  });
}

/** What a list says that is not written in JSON, for what is recorded of the request. */
async function showToAudit(target: CollectionTarget, listing: Listing): Promise<void> {
  const { exchange, resource, representation } = target;
  const objects = await decoded(resource, listing.objects);
  exchange.audit?.answers(
    representation.transform === undefined
      ? plainList(resource, objects, listing)
      : transformedList(target, objects, listing),
  );
}

function transformedList(
  { exchange, resource, representation }: CollectionTarget,
  objects: readonly KubeObject[],
  listing: Listing,
): JsonObject {
  const { transform } = representation;
  const metadata = listMetadata(resource, listing);
  switch (transform?.kind) {
    case 'PartialObjectMetadataList':
      return partialMetadataList(objects, metadata, transform.version);
    case 'Table':
      return makeTable(objects, {
        resource,
        version: transform.version,
        include: readIncludeObject(exchange.query),
        now: exchange.received,
        metadata: tableMetadata(metadata),
        withColumns: true,
      });
    case 'PartialObjectMetadata':
    case undefined:
      throw notOneObject();
  }
}

/** A Table says nothing of an end that it has reached; lists of custom kinds do. */
function tableMetadata({ continue: token, ...rest }: JsonObject): JsonObject {
  return token === undefined || token === '' ? rest : { continue: token, ...rest };
}

function listMetadata(resource: ServedResource, listing: Listing): JsonObject {
  return {
    ...((listing.continue !== '' || resource.origin === 'custom') && { continue: listing.continue }),
    ...(listing.remaining !== undefined && listing.remaining > 0 && { remainingItemCount: listing.remaining }),
    resourceVersion: String(listing.revision),
  };
}

function plainList(resource: ServedResource, objects: readonly KubeObject[], listing: Listing): JsonObject {
  const items = objects

    .map((object) => (resource.origin === 'builtin' ? withoutTypeMeta(object) : object));
  return {
    kind: resource.listKind,
    apiVersion: formatApiVersion(resource.gvr),
    metadata: listMetadata(resource, listing),
    items,
  };
}

function withoutTypeMeta({ kind: _kind, apiVersion: _apiVersion, ...rest }: JsonObject): JsonObject {
  return rest;
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}\n');

async function listBytes(resource: ServedResource, listing: Listing): Promise<readonly Buffer[]> {
  const head = {
    kind: resource.listKind,
    apiVersion: formatApiVersion(resource.gvr),
    metadata: listMetadata(resource, listing),
  };
  const chunks: Buffer[] = [Buffer.from(`${JSON.stringify(head).slice(0, -1)},"items":[`)];
  for (let start = 0; start < listing.objects.length; start += PAGE) {
    if (start > 0) chunks.push(COMMA);
    chunks.push(await itemsBytes(resource, listing.objects.slice(start, start + PAGE)));
    if (start + PAGE < listing.objects.length) await breathe();
  }
  chunks.push(END);
  return chunks;
}

async function itemsBytes(resource: ServedResource, part: readonly StoredObject[]): Promise<Buffer> {
  const bare = resource.origin === 'builtin';
  if (part.every((stored) => stored.fingerprint === resource.fingerprint)) return joined(part, bare);
  const objects = await decoded(resource, part);
  const texts = objects.map((object) => stringifyJson(bare ? withoutTypeMeta(object) : object));
  return Buffer.from(texts.join(','));
}

/** Stored bytes one after the other, commas between them: written once, into one buffer. */
function joined(part: readonly StoredObject[], bare: boolean): Buffer {
  let size = Math.max(0, part.length - 1);
  for (const stored of part) size += bare ? stored.itemSize : stored.jsonSize;
  const target = Buffer.allocUnsafe(size);
  let at = 0;
  for (const stored of part) {
    if (at > 0) at = target.writeUInt8(0x2c, at);
    at = bare ? stored.copyItem(target, at) : stored.copyJson(target, at);
  }
  return target;
}
