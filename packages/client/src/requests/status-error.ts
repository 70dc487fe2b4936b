import { ApiError, isArray, isObject, own, reasonCodes } from '@kcp/api-machinery';
import type { JsonObject, Reason, StatusCause, StatusDetails } from '@kcp/api-machinery';
import { retryAfterMs } from '../transport/retrying.ts';
import { parseOr, textOf } from './codec.ts';

/** How much of a text that is no Status goes into the message. */
const TOLD = 1024;

/** A refusal, as its answer tells it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly text: string;
}

/**
 * The error that an answer of 300 and above is: what its Status says, else what its code means (as client-go has it for answers of
 * proxies and unknown paths).
 */
export function refusalError({ status, headers, text }: Refusal): ApiError {
  const value = parseOr(text);
  const object = isObject(value) && own(value, 'kind') === 'Status' ? value : undefined;
  const after = retryAfterMs(headers['retry-after']);
  const seconds = after === undefined ? undefined : Math.ceil(after / 1000);
  if (object) return statusError(object, status, seconds);
  const bare = text.trim().slice(0, TOLD);
  return new ApiError(reasonOf(status), bare === '' ? `the server answered ${status}` : bare, {
    code: status,
    ...(seconds !== undefined && { details: { retryAfterSeconds: seconds } }),
  });
}

/** The error that a Status object is, of an answer or of a watch. */
export function statusError(status: JsonObject, code?: number, retryAfterSeconds?: number): ApiError {
  const reason = own(status, 'reason');
  const said = own(status, 'code');
  const number = code ?? (typeof said === 'number' ? said : undefined);
  const details = decodeDetails(own(status, 'details'), retryAfterSeconds);
  const metadata = own(status, 'metadata');
  return new ApiError(
    isReason(reason) ? reason : number === undefined ? '' : reasonOf(number),
    textOf(status, 'message'),
    {
      ...(number !== undefined && { code: number }),
      ...(details && { details }),
      ...(isObject(metadata) && { metadata }),
    },
  );
}

/** How long the server asks to be left alone, in seconds; undefined where it does not. */
export function retryAfterSeconds(error: unknown): number | undefined {
  return error instanceof ApiError ? error.details?.retryAfterSeconds : undefined;
}

/** The token with which an expired list may go on, at a later revision than it began with (410 Expired). */
export function continueAfterExpiry(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== 410) return undefined;
  return textOf(error.metadata, 'continue') || undefined;
}

const byCode: ReadonlyMap<number, Reason> = new Map([
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [406, 'NotAcceptable'],
  [409, 'Conflict'],
  [410, 'Expired'],
  [413, 'RequestEntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [422, 'Invalid'],
  [429, 'TooManyRequests'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
  [507, 'InsufficientStorage'],
]);

function reasonOf(code: number): Reason {
  return byCode.get(code) ?? (code >= 500 ? 'InternalError' : '');
}

function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && value !== '' && Object.hasOwn(reasonCodes, value);
}

function decodeDetails(value: unknown, seconds: number | undefined): StatusDetails | undefined {
  const object = isObject(value) ? value : undefined;
  if (!object) return seconds === undefined ? undefined : { retryAfterSeconds: seconds };
  const causes = own(object, 'causes');
  const said = own(object, 'retryAfterSeconds');
  const wait = typeof said === 'number' ? said : seconds;
  return {
    ...texts(object, ['name', 'group', 'kind', 'uid']),
    ...(isArray(causes) && { causes: causes.filter(isObject).map(decodeCause) }),
    ...(wait !== undefined && { retryAfterSeconds: wait }),
  };
}

function decodeCause(cause: JsonObject): StatusCause {
  return texts(cause, ['reason', 'message', 'field']);
}

function texts(object: JsonObject, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (textOf(object, name) === '' ? [] : [[name, textOf(object, name)]])),
  );
}
