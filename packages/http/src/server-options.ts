import type { SecureServerOptions } from 'node:http2';
import type { SecureVersion } from 'node:tls';
import type { Limits } from './limits.ts';

/** The door's keys, PEM. */
export interface DoorTls {
  readonly key: string | Buffer;
  /** The serving certificate, its intermediates after it. */
  readonly cert: string | Buffer;
  /**
   * Whose client certificates count. With it clients are asked for one; a certificate that does not chain to it does not
   * end the connection: the peer then has no certificate, but a `certificateError`.
   */
  readonly clientCa?: string | Buffer;
  /** TLSv1.2 where left out. */
  readonly minVersion?: Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>;
  /** OpenSSL's cipher list; Node's where left out. */
  readonly ciphers?: string;
}

/** The fields of HTTP/1.1 servers that a secure HTTP/2 server takes too where it falls back. */
interface Http1Options {
  readonly maxHeaderSize: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly optimizeEmptyRequests: boolean;
  readonly handshakeTimeout: number;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
}

/** Keys and limits as Node wants them. */
export function serverOptions(tls: DoorTls, limits: Limits): SecureServerOptions & Http1Options {
  return {
    allowHTTP1: true,
    ALPNProtocols: ['h2', 'http/1.1'],
    key: tls.key,
    cert: tls.cert,
    minVersion: tls.minVersion ?? 'TLSv1.2',
    ...(tls.ciphers !== undefined && { ciphers: tls.ciphers }),
    ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }),
    handshakeTimeout: limits.handshakeMs,
    noDelay: true,
    // A client that vanished without a word holds its watches no longer than the kernel's probes take.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    ...http1Options(limits),
    ...http2Options(limits),
  };
}

function http1Options(limits: Limits) {
  return {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerMs,
    // For receiving a request only: an answer, and so a watch, may take as long as it likes.
    requestTimeout: limits.headerMs + limits.bodyMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headerMs),
    optimizeEmptyRequests: true,
  };
}

function http2Options(limits: Limits) {
  return {
    settings: {
      enablePush: false,
      maxConcurrentStreams: limits.streamsPerConnection,
      maxHeaderListSize: limits.headerBytes,
    },
    maxHeaderListPairs: 256,
    maxSessionMemory: 32,
    maxSettings: 32,
    maxOutstandingPings: 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    // Streams that clients open and reset at once: a burst, then a rate a second (CVE-2023-44487).
    streamResetBurst: 1_000,
    streamResetRate: 100,
  };
}
