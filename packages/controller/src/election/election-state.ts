import type { Lease, LeaseRecord } from './lease.ts';

/** Who one is, and how patient. The defaults are those of k8s.io/client-go tools/leaderelection: 15, 10 and 2 seconds. */
export interface ElectionSettings {
  /** Of this process alone, not of its deployment: two processes of one identity both lead. */
  readonly identity: string;
  /** A candidate waits so long after it saw the lease change before it takes it. Whole seconds. */
  readonly leaseDurationMs: number;
  /** A leader stops so long after it asked for its last successful renewal: before any candidate's patience can be over. */
  readonly renewDeadlineMs: number;
  /** Between tries. */
  readonly retryPeriodMs: number;
}

/** What a candidate is at. `leading`, `renewing`, `rereading` and `leaving` hold the lease. */
export type ElectionStateName =
  | 'waiting'
  | 'reading'
  | 'taking'
  | 'leading'
  | 'renewing'
  | 'rereading'
  | 'leaving'
  | 'over';

/** All that a candidate remembers. A value. */
export interface ElectionState {
  readonly name: ElectionStateName;
  /** As it was seen last; undefined before it was, or where there is none. */
  readonly lease: Lease | undefined;
  /** When the lease was first seen as it is, by the own clock. */
  readonly seenAt: number;
  /** When the write under way was asked for. */
  readonly askedAt: number;
  /** While it leads: when that ends unless it is renewed. */
  readonly until: number;
}

interface EventFields {
  /** The wait between tries is over. */
  readonly tick: unknown;
  /** What was read. */
  readonly read: { readonly lease: Lease | undefined };
  /** What was asked for was written. */
  readonly written: { readonly lease: Lease };
  /** Somebody else was faster. */
  readonly conflicted: unknown;
  /** No answer, or none that helps: what was to be written may have been. */
  readonly failed: unknown;
  /** `until` may have come. */
  readonly deadline: unknown;
  /** No longer a candidate; the work is over. */
  readonly leave: unknown;
}

/** What can happen. */
export type ElectionEventName = keyof EventFields;

/** Something that happened. */
export type ElectionEvent<E extends ElectionEventName = ElectionEventName> = {
  [N in E]: { readonly kind: N; readonly of: EventFields[N] };
}[E];

/** What is to be done about it, in order. */
export type ElectionEffect =
  | { readonly kind: 'read' }
  | { readonly kind: 'create'; readonly record: LeaseRecord }
  | { readonly kind: 'replace'; readonly lease: Lease; readonly record: LeaseRecord }
  /** Break off the request under way. */
  | { readonly kind: 'hangUp' }
  /** Come back with `tick` after the retry period; with jitter where several candidates may be waiting. */
  | { readonly kind: 'wait'; readonly hasJitter: boolean }
  /** The lease is held until then, from now on or for longer. */
  | { readonly kind: 'lead'; readonly until: number }
  /** Whatever is being done as a leader has to stop now. */
  | { readonly kind: 'lose' }
  /** Nothing more will happen. */
  | { readonly kind: 'end' };

/** What follows from an event. */
export interface ElectionStep {
  readonly state: ElectionState;
  readonly effects: readonly ElectionEffect[];
}

/** Where a candidate begins: with a `tick`. */
export const initialElection: ElectionState = { name: 'waiting', lease: undefined, seenAt: 0, askedAt: 0, until: 0 };

/** Says what is wrong with settings; undefined where nothing is. The rules are client-go's, which keep terms from overlapping. */
export function settingsProblem(settings: ElectionSettings): string | undefined {
  const { identity, leaseDurationMs, renewDeadlineMs, retryPeriodMs } = settings;
  if (identity === '') return 'identity: must not be empty';
  if (!(retryPeriodMs > 0)) return 'retryPeriod: must be greater than zero';
  if (leaseDurationMs < 1_000 || leaseDurationMs % 1_000 !== 0)
    return 'leaseDuration: must be whole seconds, at least one';
  if (leaseDurationMs <= renewDeadlineMs) return 'leaseDuration: must be greater than renewDeadline';
  if (renewDeadlineMs <= retryPeriodMs * (1 + RETRY_JITTER)) {
    return `renewDeadline: must be greater than retryPeriod × ${1 + RETRY_JITTER}`;
  }
  return undefined;
}

/** By how much of itself the wait of a candidate may be longer. */
export const RETRY_JITTER = 1.2;
