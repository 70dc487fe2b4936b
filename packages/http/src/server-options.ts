import type { SecureServerOptions } from 'node:http2';
import type { Limits } from './limits.ts';
import { contextOptions, type ContextOf, type DoorTls } from './tls-contexts.ts';

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

/** Keys and limits as Node wants them; `named` is asked at every handshake that names a server. */
export function serverOptions(
  tls: DoorTls,
  limits: Limits,
  named: ContextOf = () => undefined,
): SecureServerOptions & Http1Options {
  return {
    allowHTTP1: true,
    ALPNProtocols: ['h2', 'http/1.1'],
    ...contextOptions(tls),
    ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
    // Looked at for every handshake where it is there.
    ...(tls.named !== undefined &&
      tls.named.length > 0 && { SNICallback: (name, callback) => callback(null, named(name)) }),
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
      // Sockets over HTTP/2 (RFC 8441).
      enableConnectProtocol: true,
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
