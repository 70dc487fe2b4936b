import { ApiError, badRequest } from '@kcp/api-machinery';

const MAXIMUM = 18446744073709551615n;

/** Reads a resourceVersion of a query; undefined where the text is none. Beyond 2^53 it is in the future for any store. */
export function parseResourceVersion(text: string): number | undefined {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  return BigInt(text) > MAXIMUM ? undefined : Number(text);
}

function why(text: string): string {
  const problem = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  return `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`;
}

/** Reads the resourceVersion of a list: 400 where it is none. */
export function listResourceVersion(text: string): number {
  const version = text === '' ? 0 : parseResourceVersion(text);
  if (version === undefined) throw badRequest(`invalid resource version: ${why(text)}`);
  return version;
}

/** Reads the resourceVersion of a get or watch: 500 without a reason where it is none, as the original answers. */
export function resourceVersionOf(text: string): number {
  const version = text === '' ? 0 : parseResourceVersion(text);
  if (version === undefined) throw new ApiError('', why(text));
  return version;
}

/** 504: a revision that does not exist yet was asked for. */
export function tooLargeVersion(asked: number, current: number): ApiError {
  return new ApiError('Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}
