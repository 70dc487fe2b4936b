import type { Distrust, OutboundFailure, TlsFailure } from './failure.ts';

/** The system's errors as Go words them (syscall.Errno). */
const ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EINVAL: 'invalid argument',
  EMFILE: 'too many open files',
};

const TLS: Readonly<Record<TlsFailure, string>> = {
  notTls: 'http: server gave HTTP response to HTTPS client',
  version: 'remote error: tls: protocol version not supported',
  refusedByServer: 'remote error: tls: bad certificate',
  other: 'tls: handshake failure',
};

/** What Go's HTTP client says of a failure, without the method and the URL before it. */
export function goText(failure: OutboundFailure): string {
  switch (failure.kind) {
    case 'invalidUrl':
    case 'badKeys':
      return failure.why;
    case 'denied':
      return `dial tcp ${failure.address}: address is not allowed by the outbound policy`;
    case 'unresolved':
      return `dial tcp: lookup ${failure.host}: ${failure.code === 'EAI_AGAIN' ? 'server misbehaving' : 'no such host'}`;
    case 'unreachable':
      return `dial tcp ${endpoint(failure.address, failure.port)}: connect: ${ERRNO[failure.code] ?? failure.code}`;
    case 'untrusted':
      return `tls: failed to verify certificate: x509: ${distrustText(failure.why)}`;
    case 'tls':
      return TLS[failure.why];
    case 'timeout':
      return 'context deadline exceeded';
    case 'aborted':
      return 'context canceled';
    case 'broken':
      return brokenText(failure);
    case 'malformed':
      return `net/http: HTTP/1.x transport connection broken: malformed HTTP response`;
    case 'tooLarge':
      return `the answer is larger than ${failure.limit} bytes`;
    case 'busy':
      return 'too many outgoing calls are under way';
    case 'closed':
      return 'the client is closed';
  }
}

function brokenText({ reset, phase }: Extract<OutboundFailure, { kind: 'broken' }>): string {
  if (reset) return 'read: connection reset by peer';
  return phase === 'body' ? 'unexpected EOF' : 'EOF';
}

function distrustText(why: Distrust): string {
  switch (why.kind) {
    case 'authority':
      return 'certificate signed by unknown authority';
    case 'expired':
      return `certificate has expired or is not yet valid: ${why.notAfter}`;
    case 'name':
      return nameText(why);
    case 'other':
      return why.code;
  }
}

function nameText({ host, names }: Extract<Distrust, { kind: 'name' }>): string {
  const isAddress = host.includes(':') || /^[\d.]+$/.test(host);
  if (names.length > 0) return `certificate is valid for ${names.join(', ')}, not ${host}`;
  if (isAddress) return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  return `certificate is not valid for any names, but wanted to match ${host}`;
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
