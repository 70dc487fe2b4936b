import type { PeerCertificate } from 'node:tls';
import { FailureSignal } from './checked-lookup.ts';
import type { OutboundFailure, Phase } from './failure.ts';

/** What Node's and OpenSSL's errors carry. */
interface SystemError {
  readonly message: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly host?: string;
  readonly cert?: PeerCertificate;
}

/** OpenSSL's verdicts that mean: nobody whom we trust signed it. */
const NO_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const OTHER_DISTRUST = /^(CERT_|INVALID_(CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH|UNABLE_TO_|CRL_)/;

/** A failure from what Node's client reports; `phase` is what the call waited for. */
export function classify(error: unknown, phase: Phase, limits: { readonly headBytes: number }): OutboundFailure {
  if (error instanceof FailureSignal) return error.failure;
  const facts = systemError(error);
  const { code = '' } = facts;
  if (facts.syscall === 'connect') {
    return { kind: 'unreachable', address: facts.address ?? '', port: facts.port ?? 0, code };
  }
  if (code === 'HPE_HEADER_OVERFLOW') return { kind: 'tooLarge', limit: limits.headBytes };
  if (code.startsWith('HPE_')) return { kind: 'malformed', code };
  const distrust = untrusted(code, facts.message, facts);
  if (distrust) return distrust;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return { kind: 'tls', why: tlsFailure(`${code} ${facts.message}`), code };
  if (code.startsWith('ERR_OSSL_')) return { kind: 'badKeys', why: `tls: ${facts.message}` };
  // Node's "socket hang up" has the code of a reset and no system call.
  return { kind: 'broken', reset: code === 'ECONNRESET' && facts.syscall !== undefined, phase };
}

type Facts = Omit<SystemError, 'code'>;

/** Of several attempts at several addresses the first one's error. Errors may come from another realm: no `instanceof`. */
function systemError(error: unknown): SystemError {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return systemError(error.errors[0]);
  return error as SystemError;
}

function untrusted(code: string, message: string, { host, cert }: Facts): OutboundFailure | undefined {
  if (NO_AUTHORITY.has(code)) return { kind: 'untrusted', why: { kind: 'authority' } };
  if (EXPIRED.has(code)) return { kind: 'untrusted', why: { kind: 'expired', notAfter: message } };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { kind: 'untrusted', why: { kind: 'name', host: host ?? '', names: alternativeNames(cert) } };
  }
  return OTHER_DISTRUST.test(code) ? { kind: 'untrusted', why: { kind: 'other', code } } : undefined;
}

/** `DNS:a.example, IP Address:10.0.0.1` as a list of names. */
function alternativeNames(cert: PeerCertificate | undefined): readonly string[] {
  const text = cert?.subjectaltname ?? '';
  return [...text.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name);
}

function tlsFailure(text: string): Extract<OutboundFailure, { kind: 'tls' }>['why'] {
  if (/wrong.version.number|packet.length.too.long|http.request|not.ssl/i.test(text)) return 'notTls';
  if (/protocol.version|unsupported.protocol/i.test(text)) return 'version';
  return /alert.*(certificate|unknown.ca|access.denied)/i.test(text) ? 'refusedByServer' : 'other';
}
