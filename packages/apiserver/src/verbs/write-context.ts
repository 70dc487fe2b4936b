import { inSpan } from '@kcp/telemetry';
import type { Exchange } from '../exchange.ts';
import { warn } from '../exchange.ts';
import { bodyFormat, BODY_LIMIT, type ObjectBody } from '../media/body.ts';
import { decodeProtobufBody, type ExpectedMessage } from '../media/protobuf-body.ts';
import { readBody } from '../offload/read-body.ts';
import { isDeepReview } from '../request/deep-review.ts';
import { readWriteOptions, type WriteOptions, type WriteOptionsKind } from '../request/query.ts';
import type { WriteContext } from '../served-resource.ts';
import { fieldManager } from '../write/track-fields.ts';
import type { WriteRequest } from '../write/write-request.ts';
import type { ResourceTarget } from './target.ts';

/** The write that an HTTP request asks for. */
export function writeRequest(
  target: ResourceTarget,
  kind: WriteOptionsKind,
): WriteRequest & { readonly manager: string } {
  const options = readWriteOptions(target.exchange.query, kind);
  return {
    resource: target.resource,
    context: writeContext(target, options.dryRun),
    options,
    subresource: target.info.subresource,
    manager: fieldManager(options.fieldManager, target.exchange.request.header('user-agent')),
  };
}

/** What a resource's functions may know of an HTTP request. */
export function writeContext(
  { exchange, key, info }: Pick<ResourceTarget, 'exchange' | 'key' | 'info'>,
  dryRun: boolean,
): WriteContext {
  return {
    cluster: key.cluster,
    user: exchange.user,
    namespace: info.namespace,
    name: key.name,
    dryRun,
    now: timestamp(exchange.received),
    warn: (text) => warn(exchange, text),
    ...(isDeepReview(exchange) && { isDeep: true }),
    ...(exchange.audit && { annotate: (fact: string, value: string) => exchange.audit?.annotate(fact, value) }),
    span: exchange.span,
  };
}

/** The options of a write that no client asked for: a step of a delete, a controller's own. */
export const ownOptions: WriteOptions = { dryRun: false, fieldManager: '', fieldValidation: 'Ignore' };

let lastSecond = 0;
let lastText = '';

/** Milliseconds as RFC 3339 in whole seconds, as metav1.Time is written. */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
  }
  return lastText;
}

/** Reads the object in a request's body. Throws BadRequest, UnsupportedMediaType, RequestEntityTooLarge. */
export async function readObjectBody(exchange: Exchange, expected: ExpectedMessage): Promise<ObjectBody> {
  const format = bodyFormat(exchange.request.header('content-type'));
  const body = await inSpan(exchange.span, 'read body', () => exchange.request.body(BODY_LIMIT));
  if (format === 'protobuf') return { object: decodeProtobufBody(body, expected), duplicates: [] };
  const { offload, cluster } = exchange;
  return readBody(offload, {
    bytes: body,
    format,
    kind: expected.kind,
    owner: typeof cluster === 'string' ? cluster : '*',
  });
}
