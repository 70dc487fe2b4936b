import {
  ApiError,
  isArray,
  isObject,
  own,
  type Json,
  type JsonObject,
  type StatusCause,
  type StatusDetails,
} from '@kcp/api-machinery';

const LOWEST = 400;
const HIGHEST = 599;

/**
 * The error of a request that a webhook refused, from the status that it gave. A code that is none of an error's becomes 400
 * (k8s.io/apiserver webhook/errors ToStatusErr).
 */
export function denial(webhook: string, status: JsonObject = {}): ApiError {
  const [message, reason, code] = [textOf(status, 'message'), textOf(status, 'reason'), own(status, 'code')];
  const by = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const why = message === '' ? reason : message;
  const details = detailsOf(status);
  return new ApiError('', why === '' ? `${by} without explanation` : `${by}: ${why}`, {
    code: typeof code === 'number' && Number.isInteger(code) && code >= LOWEST && code <= HIGHEST ? code : LOWEST,
    ...(reason !== '' && { foreignReason: reason }),
    ...(details && { details }),
  });
}

function textOf(json: JsonObject, field: string): string {
  const value = own(json, field);
  return typeof value === 'string' ? value : '';
}

function detailsOf(status: JsonObject): StatusDetails | undefined {
  const details = own(status, 'details');
  if (details === undefined || !isObject(details)) return undefined;
  const causes = own(details, 'causes');
  const seconds = own(details, 'retryAfterSeconds');
  return {
    ...textsOf(details, ['name', 'group', 'kind', 'uid']),
    ...(causes !== undefined && isArray(causes) && causes.length > 0 && { causes: causes.map(causeOf) }),
    ...(typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && { retryAfterSeconds: seconds }),
  };
}

function causeOf(cause: Json): StatusCause {
  return isObject(cause) ? textsOf(cause, ['reason', 'message', 'field']) : {};
}

function textsOf<Field extends string>(json: JsonObject, fields: readonly Field[]): Partial<Record<Field, string>> {
  const found: Partial<Record<Field, string>> = {};
  for (const field of fields) {
    const text = textOf(json, field);
    if (text !== '') found[field] = text;
  }
  return found;
}
