import { ApiError, expired } from '@kcp/api-machinery';
import type { Revision } from '@kcp/storage';
import {
  CompactedError,
  FutureRevisionError,
  StorageFullError,
  StoreUnavailableError,
  TooLargeError,
} from '@kcp/storage';

/** 504 with a wait: a revision was asked for that is not there yet (k8s.io/apiserver storage.NewTooLargeResourceVersionError). */
export function tooLargeResourceVersion(asked: Revision, current: Revision): ApiError {
  return new ApiError('Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}

/** 410: a watch would begin below the window (k8s.io/apiserver storage/cacher). */
export function tooOldToWatch(after: Revision, compacted: Revision): ApiError {
  return expired(`too old resource version: ${after} (${compacted})`);
}

/** What a read at a revision failed with, for a client; what is no outcome of the window stays as it is. */
export function readError(error: unknown, at: Revision | undefined): unknown {
  if (error instanceof CompactedError) return expired('The resourceVersion for the provided list is too old.');
  if (error instanceof FutureRevisionError) return tooLargeResourceVersion(at ?? 0, error.head);
  return unavailable(error);
}

/**
 * 503 with a wait where a shared store does not answer and nothing happened; 504 where what was asked for may have happened (k8s.io/apimachinery
 * NewServiceUnavailable, NewTimeoutError).
 */
function unavailable(error: unknown): unknown {
  if (!(error instanceof StoreUnavailableError)) return error;
  const details = { retryAfterSeconds: 1 };
  return error.outcome === 'none'
    ? new ApiError('ServiceUnavailable', `the storage is unavailable: ${error.message}`, { details, cause: error })
    : new ApiError('Timeout', `Timeout: it is not known whether this was done: ${error.message}`, {
        details,
        cause: error,
      });
}

/** What a commit failed with, for a client. */
export function commitError(error: unknown): unknown {
  if (error instanceof StorageFullError) {
    return new ApiError('InsufficientStorage', 'the storage is full: nothing can be written until space is freed', {
      cause: error,
    });
  }
  if (error instanceof TooLargeError) {
    return new ApiError('RequestEntityTooLarge', `Request entity too large: ${error.message}`, { cause: error });
  }
  return unavailable(error);
}
