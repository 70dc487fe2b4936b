import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';

/** What a failed call means to whoever made it. */
export type FailureKind =
  /** etcd was not reached, or did not answer in time: what was asked for may have happened. */
  | 'unreachable'
  /** etcd refused because it is overloaded: nothing happened. */
  | 'busy'
  /** etcd's quota is used up: nothing happened. */
  | 'full'
  /** More than etcd takes in one request: nothing happened. */
  | 'too large'
  /** History up to where it was asked for is gone. */
  | 'compacted'
  /** A revision above the newest was asked for. */
  | 'future'
  /** A lease that is not, or no more. */
  | 'no lease'
  /** etcd does not know us, or does not let us. */
  | 'forbidden'
  /** It is not the etcd that this process works with, or it is in an earlier state: it was restored from a backup, or replaced. */
  | 'stranger'
  /** Anything else: nothing happened. */
  | 'other';

/** A call to etcd failed. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly kind: FailureKind;
  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** etcd tells many errors by their text only (api/v3rpc/rpctypes/error.go). */
const texts: readonly (readonly [string, FailureKind])[] = [
  ['database space exceeded', 'full'],
  ['request is too large', 'too large'],
  ['too many operations', 'too large'],
  ['larger than max', 'too large'],
  ['too many requests', 'busy'],
  ['has been compacted', 'compacted'],
  ['is a future revision', 'future'],
  ['requested lease not found', 'no lease'],
  ['user name is empty', 'forbidden'],
  ['invalid auth token', 'forbidden'],
  ['permission denied', 'forbidden'],
  ['authentication is not enabled', 'forbidden'],
];

const codes: Readonly<Record<number, FailureKind>> = {
  [status.UNAVAILABLE]: 'unreachable',
  [status.DEADLINE_EXCEEDED]: 'unreachable',
  [status.CANCELLED]: 'unreachable',
  [status.UNKNOWN]: 'unreachable',
  [status.INTERNAL]: 'unreachable',
  [status.ABORTED]: 'unreachable',
  [status.DATA_LOSS]: 'unreachable',
  [status.PERMISSION_DENIED]: 'forbidden',
  [status.UNAUTHENTICATED]: 'forbidden',
  [status.UNIMPLEMENTED]: 'forbidden',
};

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error;

/** What a call failed with, in our words. */
export const failureOf = (error: unknown): EtcdError => {
  if (error instanceof EtcdError) return error;
  if (!isServiceError(error)) return new EtcdError('other', String(error), { cause: error });
  const { code, details } = error;
  const kind = texts.find(([text]) => details.includes(text))?.[1] ?? codes[code] ?? 'other';
  return new EtcdError(kind, details.replace(/^etcdserver: /, ''), { cause: error });
};
