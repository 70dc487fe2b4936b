import type { TurnstileLimits } from './turnstile.ts';

/** Bounds of outgoing calls. Times in milliseconds. */
export interface OutboundLimits extends TurnstileLimits {
  /** Resolving, connecting and TLS. */
  readonly connectMs: number;
  /** From the request's last byte to the answer's head. */
  readonly headMs: number;
  /** A whole call, the wait for its turn included; what a caller asks for is cut to it. */
  readonly totalMs: number;
  readonly answerBytes: number;
  readonly headBytes: number;
  /** Calls whose answers are handed over as they come, which may last for days: of one tenant, of all. More are refused at once. */
  readonly streamsPerTenant: number;
  readonly streams: number;
  /** Connections kept between calls: of all addresses, of one. */
  readonly idle: number;
  readonly idlePerHost: number;
  readonly idleMs: number;
}

export const defaultOutboundLimits: OutboundLimits = {
  perTenant: 32,
  queuePerTenant: 128,
  total: 2_048,
  connectMs: 10_000,
  headMs: 30_000,
  totalMs: 30_000,
  answerBytes: 3 * 1024 * 1024,
  headBytes: 16 * 1024,
  streamsPerTenant: 512,
  streams: 4_096,
  idle: 256,
  idlePerHost: 8,
  idleMs: 60_000,
};
