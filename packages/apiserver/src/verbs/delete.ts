import { ApiError, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { bodyFormat, BODY_LIMIT } from '../media/body.ts';
import { respondObject, respondStored } from '../present/render.ts';
import { respondValue } from '../present/respond.ts';
import { readListOptions } from '../request/list-options.ts';
import { matcher } from '../request/selection.ts';
import { remove } from '../write/delete.ts';
import { decodeDeleteOptions, readDeleteOptions, type DeleteOptions } from '../write/delete-options.ts';
import type { WriteDeps, WriteRequest } from '../write/write-request.ts';
import { success } from './create.ts';
import { collect, respondList } from './list.ts';
import type { CollectionTarget, ResourceTarget } from './target.ts';
import { ownOptions, writeContext } from './write-context.ts';

/** DELETE of one object. */
export async function deleteOne(deps: WriteDeps, target: ResourceTarget): Promise<Response> {
  const { exchange, resource, representation } = target;
  const options = await readOptions(target);
  const deleted = await remove(deps, deleteRequest(target, options), options);
  const answer = { exchange, resource, representation, status: 200 };
  if (deleted.kind === 'marked') return respondStored(answer, deleted.stored);
  if (deleted.kind === 'shown') return respondObject(answer, deleted.object);
  return respondValue(exchange, {
    status: 200,
    value: success(details(target, deleted.object)),
    format: representation.format,
    pretty: representation.pretty,
  });
}

function details({ resource, key }: ResourceTarget, { metadata }: KubeObject): JsonObject {
  const { group, resource: kind } = resource.gvr;
  return { name: key.name, ...(group && { group }), kind, ...(metadata.uid !== undefined && { uid: metadata.uid }) };
}

async function readOptions({ exchange }: Pick<ResourceTarget, 'exchange'>): Promise<DeleteOptions> {
  const body = await exchange.request.body(BODY_LIMIT);
  const format = body.length > 0 ? bodyFormat(exchange.request.header('content-type')) : 'json';
  if (body.length > 0 && exchange.audit?.wantsRequests) exchange.audit.requested(decodeDeleteOptions(body, format));
  return readDeleteOptions(exchange.query, body, format);
}

function deleteRequest(target: ResourceTarget, { dryRun }: DeleteOptions): WriteRequest {
  return {
    resource: target.resource,
    context: writeContext(target, dryRun),
    options: { ...ownOptions, dryRun },
    subresource: '',
  };
}

/** How many deletes of a collection are under way at once: one commit of the store holds them all. */
const TOGETHER = 50;

/** DELETE of a collection: one object after the other, in key order; answers with the list as it was. */
export async function deleteCollection(deps: WriteDeps, target: CollectionTarget): Promise<Response> {
  const { exchange, resource } = target;
  const deleteOptions = await readOptions(target);
  const options = readListOptions(exchange.query, false);
  const listing = await collect(deps.store, target, { options, match: matcher(resource, options) });
  for (let start = 0; start < listing.objects.length; start += TOGETHER) {
    const part = listing.objects.slice(start, start + TOGETHER);
    await Promise.all(
      part.map((stored) =>
        removeQuietly(
          deps,
          {
            ...target,
            representation: target.representation,
            key: stored.key,
            info: { ...target.info, namespace: stored.key.namespace },
          },
          { ...deleteOptions, ofCollection: true },
        ),
      ),
    );
  }
  return respondList(target, listing);
}

/** Deletes an object of a collection; that it is gone already is no error. */
async function removeQuietly(deps: WriteDeps, target: ResourceTarget, options: DeleteOptions): Promise<void> {
  try {
    await remove(deps, deleteRequest(target, options), options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
  }
}
