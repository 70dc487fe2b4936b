import { describe, expect, it } from '@jest/globals';
import {
  CompactedError,
  FutureRevisionError,
  StorageFullError,
  StoreUnavailableError,
  TooLargeError,
} from '@kcp/storage';
import { commitError, readError } from './storage-error.ts';

describe('what a store fails with', () => {
  it('is told to clients by code, with a wait where waiting helps', () => {
    const none = new StoreUnavailableError('etcd does not answer', { outcome: 'none' });
    const unknown = new StoreUnavailableError('the answer was lost', { outcome: 'unknown' });
    const wait = { details: { retryAfterSeconds: 1 } };
    expect(readError(none, undefined)).toMatchObject({ code: 503, reason: 'ServiceUnavailable', ...wait });
    expect(commitError(none)).toMatchObject({ code: 503, reason: 'ServiceUnavailable', ...wait });
    expect(commitError(unknown)).toMatchObject({ code: 504, reason: 'Timeout', ...wait });
    expect(commitError(new StorageFullError('full'))).toMatchObject({ code: 507 });
    expect(commitError(new TooLargeError('large'))).toMatchObject({ code: 413 });
    expect(readError(new CompactedError(7), 3)).toMatchObject({ code: 410 });
    expect(readError(new FutureRevisionError(7), 9)).toMatchObject({ code: 504 });
  });

  it('and is of no other kind stays as it is', () => {
    const other = new Error('other');
    expect(readError(other, undefined)).toBe(other);
    expect(commitError(other)).toBe(other);
  });
});
