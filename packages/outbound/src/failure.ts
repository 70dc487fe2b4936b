import { goText } from './go-text.ts';

/** Until when a call had waited: for its turn, for a connection, for the answer's head, for its body. */
export type Phase = 'queue' | 'connect' | 'head' | 'body';

/** Why there is no answer. Any answer with a status, an error's too, is an answer. */
export type OutboundFailure =
  /** The URL cannot be called at all. */
  | { readonly kind: 'invalidUrl'; readonly why: string }
  /** The name leads to addresses that the policy denies. */
  | { readonly kind: 'denied'; readonly host: string; readonly address: string }
  /** The name leads nowhere; `code` is getaddrinfo's (ENOTFOUND, EAI_AGAIN). */
  | { readonly kind: 'unresolved'; readonly host: string; readonly code: string }
  /** Nobody accepts at the address; `code` is the system's (ECONNREFUSED, EHOSTUNREACH). */
  | { readonly kind: 'unreachable'; readonly address: string; readonly port: number; readonly code: string }
  /** The server's certificate is not to be trusted. */
  | { readonly kind: 'untrusted'; readonly why: Distrust }
  /** TLS failed in another way: no TLS on the other side, no common version, our certificate refused. */
  | { readonly kind: 'tls'; readonly why: TlsFailure; readonly code: string }
  /** The keys or certificates that the caller gave are none. */
  | { readonly kind: 'badKeys'; readonly why: string }
  | { readonly kind: 'timeout'; readonly phase: Phase }
  /** The caller's signal. */
  | { readonly kind: 'aborted' }
  /** The connection ended before the answer did. `reset`: by force. */
  | { readonly kind: 'broken'; readonly reset: boolean; readonly phase: Phase }
  /** What came was no HTTP. */
  | { readonly kind: 'malformed'; readonly code: string }
  /** The answer's body, or its head, is larger than may be. */
  | { readonly kind: 'tooLarge'; readonly limit: number }
  /** Too many calls of this tenant, or of all, are under way and waiting. */
  | { readonly kind: 'busy'; readonly tenant: string }
  /** The client is disposed of. */
  | { readonly kind: 'closed' };

/** What is wrong with a certificate, with the words for who needs them. */
export type Distrust =
  | { readonly kind: 'authority' }
  | { readonly kind: 'expired'; readonly notAfter: string }
  | { readonly kind: 'name'; readonly host: string; readonly names: readonly string[] }
  | { readonly kind: 'other'; readonly code: string };

export type TlsFailure = 'notTls' | 'version' | 'refusedByServer' | 'other';

/** A call that got no answer; its message is Go's url.Error: `Post "https://x/": dial tcp 127.0.0.1:1: connect: connection refused`. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly failure: OutboundFailure;

  constructor(failure: OutboundFailure, call: { readonly method: string; readonly url: string }, cause?: unknown) {
    super(urlErrorText(failure, call), { cause });
    this.failure = failure;
  }
}

/** The message of Go's net/url.Error about a call. */
export function urlErrorText(
  failure: OutboundFailure,
  { method, url }: { readonly method: string; readonly url: string },
): string {
  const verb = method.charAt(0).toUpperCase() + method.slice(1).toLowerCase();
  return `${verb} ${JSON.stringify(url)}: ${goText(failure)}`;
}
