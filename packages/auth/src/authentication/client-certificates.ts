import { hash, X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Authentication, Credentials } from '../user.ts';
import { CREDENTIAL_ID_EXTRA } from '../well-known.ts';
import { NOBODY } from './combine.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
/** The subject's attribute that holds a user's uid (k8s.io/apimachinery asn1.X509UID). */
const UID_ATTRIBUTE = '1.3.6.1.4.1.57683.2';

/** What client certificates need to be judged. */
export interface ClientCertificateOptions {
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** How many certificates are kept parsed. */
  readonly maxEntries?: number;
}

interface Parsed {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly answer: Authentication;
}

/**
 * Knows who a client certificate is for: the common name is the user, organizations are groups (CommonNameUserConversion of
 * authentication/request/x509). That the certificate chains to the configured CA was found out by the TLS handshake; here
 * its time and its purpose are checked, the time on every request.
 */
export function clientCertificates(options: ClientCertificateOptions): (credentials: Credentials) => Authentication {
  const bySource = new WeakMap<Uint8Array, Parsed>();
  const byDigest = new LRUCache<string, Parsed>({ max: options.maxEntries ?? 1_000 });
  const parsed = (der: Uint8Array): Parsed => {
    const digest = hash('sha256', der, 'hex');
    const known = byDigest.get(digest) ?? parse(der, digest);
    byDigest.set(digest, known);
    bySource.set(der, known);
    return known;
  };
  return ({ certificate }) => {
    if (!certificate) return NOBODY;
    const { notBefore, notAfter, answer } = bySource.get(certificate) ?? parsed(certificate);
    const now = options.clock();
    if (now >= notBefore && now <= notAfter) return answer;
    return { kind: 'refused', why: 'x509: certificate has expired or is not yet valid' };
  };
}

function parse(der: Uint8Array, digest: string): Parsed {
  try {
    const certificate = new X509Certificate(der);
    const notBefore = certificate.validFromDate.getTime();
    const notAfter = certificate.validToDate.getTime();
    return { notBefore, notAfter, answer: conversion(certificate, digest) };
  } catch {
    return { notBefore: 0, notAfter: Infinity, answer: { kind: 'refused', why: 'x509: malformed certificate' } };
  }
}

function conversion(certificate: X509Certificate, digest: string): Authentication {
  // Node calls the extended usages keyUsage; a certificate without any is for every purpose.
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages && !usages.includes(CLIENT_AUTH) && !usages.includes(ANY_USAGE)) {
    return { kind: 'refused', why: 'x509: certificate specifies an incompatible key usage' };
  }
  const subject = new Map(Object.entries(certificate.toLegacyObject().subject));
  const name = values(subject.get('CN')).at(-1) ?? '';
  if (name === '') return NOBODY;
  const uids = values(subject.get(UID_ATTRIBUTE));
  if (uids.length > 1) return { kind: 'refused', why: `expected 1 UID, but found multiple: [${uids.join(' ')}]` };
  if (uids[0] === '') return { kind: 'refused', why: 'UID cannot be an empty string' };
  const extra = { [CREDENTIAL_ID_EXTRA]: [`X509SHA256=${digest}`] };
  return { kind: 'authenticated', user: { name, uid: uids[0] ?? '', groups: values(subject.get('O')), extra } };
}

function values(attribute: string | readonly string[] | undefined): readonly string[] {
  if (attribute === undefined) return [];
  return typeof attribute === 'string' ? [attribute] : attribute;
}
