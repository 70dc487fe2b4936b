/** What a Lease says (coordination.k8s.io/v1, LeaseSpec), as far as leader election reads and writes it. */
export interface LeaseRecord {
  /** Empty where nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** Milliseconds since the epoch, by the holder's clock: never compared with another clock. */
  readonly acquiredAt: number;
  readonly renewedAt: number;
  /** How often the holder changed. */
  readonly transitions: number;
}

/** A Lease as it was read or written. */
export interface Lease {
  readonly record: LeaseRecord;
  /** Of the object; what a replacement is conditional on, and what tells that a lease was renewed. */
  readonly resourceVersion: string;
}

/**
 * The one Lease that candidates contend for. All methods fail with ApiError where the server answered; `create` with
 * AlreadyExists, `replace` with Conflict or NotFound where somebody else was faster. They end soon after the signal is aborted.
 */
export interface LeaseClient {
  /** Undefined where there is none. */
  read(signal: AbortSignal): Promise<Lease | undefined>;
  create(record: LeaseRecord, signal: AbortSignal): Promise<Lease>;
  /** Replaces what was read or written last in that version, and leaves alone whatever a record does not speak of. */
  replace(lease: Lease, record: LeaseRecord, signal: AbortSignal): Promise<Lease>;
}
