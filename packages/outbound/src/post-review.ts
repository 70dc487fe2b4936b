import {
  ApiError,
  decodePlain,
  decodeStrict,
  isObject,
  own,
  stringifyJson,
  type Json,
  type JsonObject,
} from '@kcp/api-machinery';
import type { OutboundAnswer } from './call.ts';
import { OutboundError } from './failure.ts';
import type { Outbound } from './outbound.ts';
import { statusText } from './review-error.ts';

/** How a webhook is reached (WebhookClientConfig), from where tenants write it. */
export interface WebhookAddress {
  readonly url?: string;
  /** Named by a service: there are none here, whoever is called so cannot be reached. */
  readonly service?: { readonly namespace: string; readonly name: string };
  /** PEM of the authorities that its certificate may come from; those that Node trusts where left out. */
  readonly caBundle?: string;
}

/** The address in a stored clientConfig, whose caBundle is base64. What is of the wrong type is not there. */
export function decodeWebhookAddress(json: JsonObject): WebhookAddress {
  const [url, service, bundle] = [own(json, 'url'), own(json, 'service'), own(json, 'caBundle')];
  const caBundle = typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString('utf8').trim() : '';
  return {
    ...(typeof url === 'string' && { url }),
    ...(service !== undefined &&
      isObject(service) && { service: { namespace: textOf(service, 'namespace'), name: textOf(service, 'name') } }),
    ...(caBundle !== '' && { caBundle: `${caBundle}\n` }),
  };
}

function textOf(json: JsonObject, field: string): string {
  const value = own(json, field);
  return typeof value === 'string' ? value : '';
}

/** A question to a webhook, and who puts it. */
export interface ReviewQuestion {
  /** The logical cluster on whose behalf it is asked. */
  readonly tenant: string;
  readonly address: WebhookAddress;
  /** From 1 to 30; the webhook is told. */
  readonly timeoutSeconds: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: JsonObject;
}

/** A review that came to nothing: its message is what client-go would say. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}

/** Most of an error's text that is repeated. */
const MAX_SHOWN = 1_024;

/** Posts a review and gives the review that came back, whose kind and version fit. Throws ReviewError. */
export async function askWebhook(outbound: Outbound, question: ReviewQuestion): Promise<JsonObject> {
  const { tenant, address, timeoutSeconds, apiVersion, kind, request } = question;
  const url = targetUrl(address, timeoutSeconds);
  let answer: OutboundAnswer;
  try {
    answer = await outbound.send({
      tenant,
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, */*', 'user-agent': 'kcp' },
      body: Buffer.from(stringifyJson({ kind, apiVersion, request })),
      ...(address.caBundle !== undefined && { tls: { caBundle: address.caBundle } }),
      timeoutMs: timeoutSeconds * 1_000,
    });
  } catch (error) {
    if (error instanceof OutboundError) throw new ReviewError(error.message, { cause: error });
    throw error;
  }
  return decodeAnswer(answer, { apiVersion, kind });
}

function targetUrl({ url, service }: WebhookAddress, timeoutSeconds: number): string {
  if (service !== undefined) {
    const named = JSON.stringify(`${service.namespace}/${service.name}`);
    throw new ReviewError(`service ${named} cannot be called: there are no services here, give a url instead`);
  }
  if (url === undefined) throw new ReviewError('webhook configuration must have either service or URL');
  const target = URL.parse(url);
  if (!target) throw new ReviewError(`Unparsable URL: parse ${JSON.stringify(url)}: invalid URL`);
  if (target.protocol !== 'https:') throw new ReviewError(`Unparsable URL: ${JSON.stringify(url)} is not https`);
  target.pathname = cleanPath(target.pathname);
  target.search = `timeout=${timeoutSeconds}s`;
  target.hash = '';
  return target.href;
}

/** Without empty parts, as client-go joins paths: webhooks are told to be at `//validate`, and serve `/validate`. */
function cleanPath(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

function decodeAnswer(
  { status, headers, body }: OutboundAnswer,
  wanted: { apiVersion: string; kind: string },
): JsonObject {
  if (status < 200 || status > 206) {
    const isText = (headers['content-type'] ?? '').startsWith('text/');
    throw new ReviewError(statusText(status, isText ? body.toString('utf8').trim().slice(0, MAX_SHOWN) : ''));
  }
  const value = readJson(body);
  if (!isObject(value)) throw new ReviewError(`couldn't get version/kind; json parse error: json: no object`);
  const kind = typeOf(value, 'kind') || wanted.kind;
  const apiVersion = typeOf(value, 'apiVersion') || wanted.apiVersion;
  if (kind !== wanted.kind || groupOf(apiVersion) !== groupOf(wanted.apiVersion)) {
    const named = `${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
    throw new ReviewError(
      `no kind ${named}: expected ${JSON.stringify(wanted.kind)} of ${JSON.stringify(wanted.apiVersion)}`,
    );
  }
  if (apiVersion !== wanted.apiVersion) {
    const [from, to] = [apiVersion, wanted.apiVersion].map((text) => `${text.split('/')[1] ?? ''}.${kind}`);
    throw new ReviewError(`converting (${from}) to (${to}): unknown conversion`);
  }
  return value;
}

function groupOf(apiVersion: string): string {
  return apiVersion.split('/')[0] ?? '';
}

function readJson(body: Buffer): Json {
  try {
    return decodePlain(body) ?? decodeStrict(body).value;
  } catch (error) {
    const why = error instanceof ApiError ? error.message : 'invalid JSON';
    throw new ReviewError(`couldn't get version/kind; json parse error: ${why}`, { cause: error });
  }
}

function typeOf(value: JsonObject, field: 'kind' | 'apiVersion'): string {
  const text = own(value, field) ?? '';
  if (typeof text === 'string') return text;
  throw new ReviewError(`couldn't get version/kind; json parse error: ${field} is no string`);
}
