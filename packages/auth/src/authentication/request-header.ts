import { X509Certificate } from 'node:crypto';
import type { Authentication, Authenticator, Credentials, HeaderSource } from '../user.ts';
import type { FromAuthority } from './certificate-authorities.ts';
import { NOBODY } from './combine.ts';

/** The headers in which a front proxy says who a request is from; names in any case. */
export interface RequestHeaderNames {
  /** The first one with a value is the user. */
  readonly username: readonly string[];
  readonly uid: readonly string[];
  /** All values of all of them. */
  readonly group: readonly string[];
  /** What follows the prefix, percent-decoded, is the key of an extra. */
  readonly extraPrefix: readonly string[];
}

/** Who may say so. */
export interface RequestHeaderOptions {
  readonly names: RequestHeaderNames;
  /** The authorities of proxies. */
  readonly fromProxy: FromAuthority;
  /** The common names that a proxy's certificate may have; none: any. */
  readonly allowedNames: readonly string[];
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

/** Names trimmed and in lower case. Throws TypeError for an empty one (headerrequest.New). */
export function requestHeaderNames(names: RequestHeaderNames): RequestHeaderNames {
  const settled = (list: readonly string[]): readonly string[] =>
    list.map((name) => {
      const trimmed = name.trim().toLowerCase();
      if (trimmed === '') throw new TypeError(`empty header ${JSON.stringify(name)}`);
      return trimmed;
    });
  return {
    username: settled(names.username),
    uid: settled(names.uid),
    group: settled(names.group),
    extraPrefix: settled(names.extraPrefix),
  };
}

/**
 * Believes a front proxy whom a request is from (authentication/request/headerrequest): only over a connection whose certificate
 * comes from the proxies' authorities, is for clients and bears an allowed name. Without such a certificate the headers mean
 * nothing. Certificates are judged once a connection.
 */
export function requestHeader(options: RequestHeaderOptions): Authenticator {
  const names = requestHeaderNames(options.names);
  const commonNames = new WeakMap<Uint8Array, string | undefined>();
  const proxyName = (certificate: Uint8Array): string | undefined => {
    if (!commonNames.has(certificate)) commonNames.set(certificate, clientName(certificate));
    return commonNames.get(certificate);
  };
  return ({ certificate, peer, request }: Credentials): Authentication => {
    if (!certificate || !peer || !request || !options.fromProxy(peer)) return NOBODY;
    const name = proxyName(certificate);
    if (name === undefined) return { kind: 'refused', why: 'x509: certificate specifies an incompatible key usage' };
    if (options.allowedNames.length > 0 && !options.allowedNames.includes(name)) {
      return { kind: 'refused', why: `x509: subject with cn=${name} is not in the allowed list` };
    }
    return statedUser(request, names);
  };
}

/** The common name of a certificate that is for clients; empty where it has none, undefined where it is for something else. */
function clientName(der: Uint8Array): string | undefined {
  const certificate = new X509Certificate(der);
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages && !usages.includes(CLIENT_AUTH) && !usages.includes(ANY_USAGE)) return undefined;
  const name = new Map<string, string | readonly string[] | undefined>(
    Object.entries(certificate.toLegacyObject().subject),
  ).get('CN');
  return typeof name === 'string' ? name : (name?.at(-1) ?? '');
}

function statedUser(request: HeaderSource, names: RequestHeaderNames): Authentication {
  const lines = [...request.headers()];
  const first = (wanted: readonly string[]): string => {
    for (const name of wanted) {
      const value = lines.find(([each]) => each === name)?.[1] ?? '';
      if (value !== '') return value;
    }
    return '';
  };
  const name = first(names.username);
  if (name === '') return NOBODY;
  const groups = names.group.flatMap((wanted) =>
    lines.flatMap(([each, value]) => (each === wanted && value !== '' ? [value] : [])),
  );
  return { kind: 'authenticated', user: { name, uid: first(names.uid), groups, extra: statedExtra(lines, names) } };
}

function statedExtra(
  lines: readonly (readonly [string, string])[],
  { extraPrefix }: RequestHeaderNames,
): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const prefix of extraPrefix) {
    for (const [name, value] of lines) {
      if (!name.startsWith(prefix)) continue;
      const key = unescaped(name.slice(prefix.length));
      const values = found.get(key);
      if (values) values.push(value);
      else found.set(key, [value]);
    }
  }
  return Object.fromEntries(found);
}

/** A key that is badly escaped is kept as it came, rather than dropped. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** True for headers that only authentication may see: what a proxy states, and what somebody would like it to have stated. */
export function isIdentityHeader(names: RequestHeaderNames): (name: string) => boolean {
  const { username, uid, group, extraPrefix } = requestHeaderNames(names);
  const exact = new Set([...username, ...uid, ...group]);
  return (name) => exact.has(name) || extraPrefix.some((prefix) => name.startsWith(prefix));
}
