import { ApiError } from '@kcp/api-machinery';

/** What is said where there is too much of something: 429, with the seconds after which it may be tried again. */
export function tooMany(why: string, retryAfterSeconds = 1): ApiError {
  return new ApiError('TooManyRequests', `Too many requests, please try again later: ${why}`, {
    details: { retryAfterSeconds },
  });
}
