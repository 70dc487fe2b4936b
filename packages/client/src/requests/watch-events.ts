import { ApiError, isObject, own, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { TransportResponse } from '@kcp/http';
import { decodeKubeObject, parseOr } from './codec.ts';
import { splitLines } from './lines.ts';
import { statusError } from './status-error.ts';

/** A change of an object, or a mark of how far the watch is: a bookmark's object has no more than a resourceVersion. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject };

/** The largest event of a watch: objects are at most 3 MiB, and an event holds one. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024;

/** The annotation of the bookmark that ends the initial events of a watch with `sendInitialEvents` (KEP-3157). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** True for the bookmark after which a watch with `sendInitialEvents` has told everything that was there at its begin. */
export function endsInitialEvents<T>(event: WatchEvent<T>): boolean {
  return event.type === 'BOOKMARK' && event.object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true';
}

/**
 * The events of a watch's answer, as they come and no faster than they are taken. Throws ApiError for an event ERROR (410 Expired: the
 * watch has to begin anew from a list) and where a line is no event; ends where the server ends the watch.
 */
export async function* readEvents<T>(
  response: TransportResponse,
  decode: (object: JsonObject) => T,
  maxLineBytes: number,
): AsyncGenerator<WatchEvent<T>, void, void> {
  for await (const event of readObjects(response, maxLineBytes)) yield readEvent(event, decode);
}

/** The objects of an answer that has one a line, as they come. Throws ApiError where a line is none, or too long. */
export async function* readObjects(
  response: TransportResponse,
  maxLineBytes: number,
): AsyncGenerator<JsonObject, void, void> {
  for await (const line of splitLines(response.body, maxLineBytes)) {
    const object = parseOr(line.toString('utf8'));
    if (!isObject(object)) throw malformed('a line that is no event');
    yield object;
  }
}

function readEvent<T>(event: JsonObject, decode: (object: JsonObject) => T): WatchEvent<T> {
  const object = own(event, 'object');
  if (!isObject(object)) throw malformed('an event without an object');
  const type = own(event, 'type');
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object: decode(object) };
  if (type === 'BOOKMARK') return { type, object: decodeKubeObject(object) };
  if (type === 'ERROR') throw statusError(object);
  throw malformed('an event of an unknown type');
}

function malformed(what: string): ApiError {
  return new ApiError('InternalError', `the watch sent ${what}`, { code: 500 });
}
