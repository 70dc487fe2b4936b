import {
  ApiError,
  isArray,
  isObject,
  own,
  stringifyJson,
  type Json,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import { clusterAnnotation } from '@kcp/object-store';
import { askWebhook, decodeWebhookAddress, ReviewError, type Outbound, type WebhookAddress } from '@kcp/outbound';
import type { Conversion } from '../definition/custom-resource-definition.ts';
import { converted } from './converted-object.ts';
import type { KindVersion } from './kind-version.ts';

/** By what conversion webhooks are called. */
export interface ConversionCalls {
  readonly outbound: Outbound;
  readonly newUid: () => string;
}

/** The conversion webhook of a definition. */
export interface ConversionWebhook {
  readonly address: WebhookAddress;
  /** The first version of ConversionReview in its list that is known; undefined where none is. */
  readonly reviewVersion: 'v1' | 'v1beta1' | undefined;
  /** Absent: this server calls none. */
  readonly calls: ConversionCalls | undefined;
  /** Whose calls they are where objects do not tell their logical cluster. */
  readonly owner: string;
}

/** How long a call may take: what the original's REST client allows. */
const TIMEOUT_SECONDS = 30;
/** JSON of objects in one call: answers may be somewhat larger, and are bounded, too. */
const BATCH_BYTES = 1024 * 1024;

/** The webhook in a definition's spec.conversion. */
export function conversionWebhook(
  { webhook }: Conversion,
  calls: ConversionCalls | undefined,
  owner: string,
): ConversionWebhook {
  const versions = webhook?.conversionReviewVersions ?? [];
  const reviewVersion = versions.find((version) => version === 'v1' || version === 'v1beta1');
  return { address: decodeWebhookAddress({ ...webhook?.clientConfig }), reviewVersion, calls, owner };
}

/**
 * Objects in another version, in their order, by as few calls as their size allows. Throws ApiError: 500 without a reason, as the
 * original's converter fails (k8s.io/apiextensions-apiserver conversion webhookConverter).
 */
export async function convertByWebhook(
  webhook: ConversionWebhook,
  objects: readonly KubeObject[],
  to: KindVersion,
): Promise<readonly KubeObject[]> {
  const results: KubeObject[] = [];
  for (const batch of batches(objects)) results.push(...(await convertBatch(webhook, batch, to)));
  return results;
}

function* batches(objects: readonly KubeObject[]): Generator<readonly KubeObject[]> {
  let batch: KubeObject[] = [];
  let bytes = 0;
  for (const object of objects) {
    const size = stringifyJson(object).length;
    if (batch.length > 0 && bytes + size > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function convertBatch(
  webhook: ConversionWebhook,
  batch: readonly KubeObject[],
  to: KindVersion,
): Promise<readonly KubeObject[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const what = `conversion for ${first.apiVersion}, Kind=${to.gvk.kind}`;
  // what the server adds when it reads is no part of what is stored, and stays its own
  const sent = batch.map(withoutReadMetadata);
  const answered = await ask(webhook, sent, { to, tenant: tenantOf(first, webhook), what });
  if (answered.length !== batch.length)
    throw new ApiError('', `${what} returned ${answered.length} objects, expected ${batch.length}`);
  return batch.map((original, at) => {
    const result = converted(sent[at] ?? original, answered[at] ?? null, to);
    if (typeof result === 'string')
      throw new ApiError('', `${what} returned invalid converted object at index ${at + 1}: ${result}`);
    return withReadMetadata(result, original);
  });
}

/** Stored objects say whose they are; of those on their way in the webhook's owner is asked. */
function tenantOf(object: KubeObject, { owner }: ConversionWebhook): string {
  const isStored = object.metadata.resourceVersion !== undefined;
  return (isStored ? object.metadata.annotations?.[clusterAnnotation] : undefined) ?? owner;
}

interface Asking {
  readonly to: KindVersion;
  readonly tenant: string;
  readonly what: string;
}

async function ask(
  { address, reviewVersion, calls }: ConversionWebhook,
  objects: readonly KubeObject[],
  { to, tenant, what }: Asking,
): Promise<readonly Json[]> {
  const failed = (why: string, cause?: unknown): ApiError =>
    new ApiError('', `${what} failed: conversion webhook for /, Kind= failed: ${why}`, { cause });
  if (calls === undefined) throw failed('this server calls no conversion webhooks');
  if (reviewVersion === undefined) throw new ApiError('', `${what} failed: no supported conversion review versions`);
  const uid = calls.newUid();
  try {
    const review = await askWebhook(calls.outbound, {
      tenant,
      address,
      timeoutSeconds: TIMEOUT_SECONDS,
      apiVersion: `apiextensions.k8s.io/${reviewVersion}`,
      kind: 'ConversionReview',
      request: { uid, desiredAPIVersion: to.apiVersion, objects },
    });
    return readResponse(review, reviewVersion === 'v1' ? uid : undefined);
  } catch (error) {
    if (error instanceof ReviewError) throw failed(error.message, error);
    throw error;
  }
}

/** The objects of a response; reviews of v1beta1 do not say which question they answer. Throws ReviewError. */
function readResponse(review: JsonObject, uid: string | undefined): readonly Json[] {
  const response = own(review, 'response') ?? null;
  if (response === null) throw new ReviewError('no response provided');
  if (!isObject(response)) throw new ReviewError('json: response is no object');
  const got = own(response, 'uid') ?? '';
  if (uid !== undefined && got !== uid)
    throw new ReviewError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(got)}`);
  const result = own(response, 'result') ?? {};
  const [status, message] = isObject(result) ? [own(result, 'status'), own(result, 'message')] : [undefined, undefined];
  if (status !== 'Success') {
    if (typeof message === 'string' && message !== '') throw new ReviewError(message);
    throw new ReviewError(`response.result.status was '${typeof status === 'string' ? status : ''}', not 'Success'`);
  }
  const objects = own(response, 'convertedObjects') ?? [];
  if (!isArray(objects)) throw new ReviewError('json: response.convertedObjects is no list');
  return objects;
}

function withoutReadMetadata(object: KubeObject): KubeObject {
  const { resourceVersion: _, annotations, ...metadata } = object.metadata;
  if (annotations === undefined) return { ...object, metadata };
  const { [clusterAnnotation]: __, ...kept } = annotations;
  return { ...object, metadata: { ...metadata, ...(Object.keys(kept).length > 0 && { annotations: kept }) } };
}

function withReadMetadata(object: KubeObject, { metadata: was }: KubeObject): KubeObject {
  const { resourceVersion } = was;
  const cluster = was.annotations?.[clusterAnnotation];
  const { annotations: added, ...metadata } = object.metadata;
  const annotations = { ...(cluster !== undefined && { [clusterAnnotation]: cluster }), ...withoutCluster(added) };
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
  };
}

function withoutCluster(annotations: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const { [clusterAnnotation]: _, ...kept } = annotations;
  return kept;
}
