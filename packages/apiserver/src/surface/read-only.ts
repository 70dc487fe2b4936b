import { ApiError } from '@kcp/api-machinery';
import type { ObjectWriter } from '@kcp/object-store';
import type { ViewReader } from './surface.ts';

/** A view where a store is asked for: what would write is refused with 405, and what controllers ask is not known. */
export function readOnly(reader: ViewReader): ObjectWriter {
  return {
    synced: () => reader.synced(),
    head: () => reader.head(),
    get: (bucket, key, at) => reader.get(bucket, key, at),
    page: (options) => reader.page(options),
    count: (options) => reader.count(options),
    generation: (selection) => reader.generation(selection),
    watch: (options, listener) => reader.watch(options, listener),
    dependants: () => notHere(),
    buckets: () => notHere(),
    lookup: () => notHere(),
    everything: () => notHere(),
    watchEverything: () => notHere(),
    commit: () => Promise.reject(new ApiError('MethodNotAllowed', 'nothing can be written here', { details: {} })),
  };
}

function notHere(): never {
  throw new Error('a view shows the objects of one resource at a time');
}
