import { notFound } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { respondStored, type ObjectAnswer } from '../present/render.ts';
import { resourceVersionOf, tooLargeVersion } from '../request/resource-version.ts';
import type { ResourceTarget } from './target.ts';

/** GET of one object: its bytes as they are stored, where they are what was asked for. */
export function get(store: ObjectReader, target: ResourceTarget): Promise<Response> {
  const { exchange } = target;
  if (exchange.query.has('resourceVersion')) {
    const asked = resourceVersionOf(exchange.query.text('resourceVersion'));
    const current = store.head();
    if (asked > current) throw tooLargeVersion(asked, current);
  }
  const answer: ObjectAnswer = {
    exchange,
    resource: target.resource,
    representation: target.representation,
    status: 200,
  };
  return respondStored(answer, find(store, target));
}

/** The object that a request names. Throws NotFound. */
export function find(store: ObjectReader, { resource, key }: Pick<ResourceTarget, 'resource' | 'key'>): StoredObject {
  const stored = store.get(resource.bucket, key);
  if (!stored || (resource.visible && !resource.visible(stored.decode()))) throw notFound(resource.gvr, key.name);
  return stored;
}
