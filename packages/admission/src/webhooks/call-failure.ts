import { ApiError } from '@kcp/api-machinery';

/** A webhook that could not be asked, or whose answer is none: under failurePolicy Ignore the request goes on without it. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';

  constructor(webhook: string, why: string, cause?: unknown) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${why}`, { cause });
  }
}

/** 500 with a reason of InternalError, as Go's apierrors.NewInternalError words it. */
export function internalError(message: string, cause?: unknown): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${message}`, {
    details: { causes: [{ message }] },
    cause,
  });
}
