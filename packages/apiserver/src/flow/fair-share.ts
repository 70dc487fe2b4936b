/** Whose requests are shared out against each other: first logical clusters, then the users in each. */
export interface Flow {
  readonly cluster: string;
  readonly user: string;
}

/** What a request asks for. */
export interface Demand {
  readonly flow: Flow;
  /** Its work, as a multiple of reading one object; at least 1. */
  readonly cost: number;
  /** What it holds while it is under way; at least 1. */
  readonly seats: number;
  readonly mutates: boolean;
  /** Aborted when the client goes away: then nobody waits any longer. Asked for only where the request must wait. */
  readonly signal: () => AbortSignal;
}

/** What a request holds while it is under way. */
export interface Seat {
  /** Gives it back; further calls do nothing. */
  release(): void;
}

/** The kinds of streams that are counted. */
export type StreamKind = 'watches' | 'calls';

/** Decides when a request may go on, so that no tenant can hurt another (DESIGN §2, invariant 8; KEP-1040). */
export interface FairShare {
  /**
   * A seat; a promise only where the request must wait. Rejects, and throws, with ApiError TooManyRequests where too much
   * waits already or it waited too long, and with the signal's reason where the client went away.
   */
  enter(demand: Demand): Seat | Promise<Seat>;
  /**
   * For who shares with nobody: undefined, or what to wait for because enough was begun in this turn of the event loop. They go on in the next ones, before
   * all others, and are never refused. Never rejects.
   */
  pass(): Promise<void> | undefined;
  /** Waits until it is a refusal's turn: those who are refused share one flow. Undefined where it is at once. Never rejects. */
  refuse(signal: () => AbortSignal): Promise<void> | undefined;
  /** Counts a stream until it is released. Throws ApiError TooManyRequests where there are too many already. */
  open(kind: StreamKind, flow: Flow): Seat;
}

/** Where there is nothing to share out: for whom no limit counts. */
export const freeSeat: Seat = { release: () => {} };
