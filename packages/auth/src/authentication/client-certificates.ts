import { hash, X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Authentication, Credentials } from '../user.ts';
import { CREDENTIAL_ID_EXTRA, SCOPES_EXTRA } from '../well-known.ts';
import { isReservedName, scopeOf } from './certificate-scope.ts';
import { NOBODY } from './combine.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
/** The subject's attribute that holds a user's uid (k8s.io/apimachinery asn1.X509UID). */
const UID_ATTRIBUTE = '1.3.6.1.4.1.57683.2';

/** What client certificates need to be judged. */
export interface ClientCertificateOptions {
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /**
   * Authorities whose certificates count in one logical cluster only: one of theirs that names none is refused. Another
   * array than last time: everything is judged anew.
   */
  readonly confining?: () => readonly X509Certificate[];
  /** How many certificates are kept parsed. */
  readonly maxEntries?: number;
}

interface Parsed {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly answer: Authentication;
}

/** What was found out, as long as the same authorities confine. */
interface Known {
  readonly confining: readonly X509Certificate[];
  readonly bySource: WeakMap<Uint8Array, Parsed>;
  readonly byDigest: LRUCache<string, Parsed>;
}

const NONE: readonly X509Certificate[] = [];
const EXPIRED = 'certificate has expired or is not yet valid';

/** What OpenSSL says at the handshake, in Go's words; everything else is an unknown authority. */
const HANDSHAKE_ERRORS: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', EXPIRED],
  ['CERT_NOT_YET_VALID', EXPIRED],
  ['INVALID_PURPOSE', 'certificate specifies an incompatible key usage'],
]);

/**
 * Knows who a client certificate is for: the common name is the user, organizations are groups (CommonNameUserConversion of
 * authentication/request/x509). That the certificate chains to the configured CA was found out by the TLS handshake; here
 * its time and its purpose are checked, the time on every request: a connection may outlive its certificate. One that names
 * a logical cluster counts there only.
 */
export function clientCertificates(options: ClientCertificateOptions): (credentials: Credentials) => Authentication {
  const { clock, confining = () => NONE } = options;
  const fresh = (): Known => ({
    confining: confining(),
    bySource: new WeakMap(),
    byDigest: new LRUCache({ max: options.maxEntries ?? 1_000 }),
  });
  let known = fresh();
  return ({ certificate, certificateError }) => {
    if (!certificate) return certificateError === undefined ? NOBODY : refused(handshakeError(certificateError));
    if (known.confining !== confining()) known = fresh();
    const { notBefore, notAfter, answer } = known.bySource.get(certificate) ?? parsed(certificate, known);
    const now = clock();
    return now >= notBefore && now <= notAfter ? answer : refused(EXPIRED);
  };
}

function refused(why: string): Authentication {
  return { kind: 'refused', why: `x509: ${why}`, isPublic: true };
}

function handshakeError(code: string): string {
  return HANDSHAKE_ERRORS.get(code) ?? `certificate signed by unknown authority (${code})`;
}

function parsed(der: Uint8Array, { confining, bySource, byDigest }: Known): Parsed {
  const digest = hash('sha256', der, 'hex');
  const found = byDigest.get(digest) ?? parse(der, digest, confining);
  byDigest.set(digest, found);
  bySource.set(der, found);
  return found;
}

function parse(der: Uint8Array, digest: string, confining: readonly X509Certificate[]): Parsed {
  try {
    const certificate = new X509Certificate(der);
    const notBefore = certificate.validFromDate.getTime();
    const notAfter = certificate.validToDate.getTime();
    return { notBefore, notAfter, answer: scoped(conversion(certificate, digest), certificate, confining) };
  } catch {
    return { notBefore: 0, notAfter: Infinity, answer: refused('malformed certificate') };
  }
}

function conversion(certificate: X509Certificate, digest: string): Authentication {
  // Node calls the extended usages keyUsage; a certificate without any is for every purpose.
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages && !usages.includes(CLIENT_AUTH) && !usages.includes(ANY_USAGE)) {
    return refused('certificate specifies an incompatible key usage');
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

/** Confines the user to the logical cluster that the certificate names. */
function scoped(
  answer: Authentication,
  certificate: X509Certificate,
  confining: readonly X509Certificate[],
): Authentication {
  if (answer.kind !== 'authenticated') return answer;
  const scope = scopeOf(certificate);
  if (scope.kind === 'malformed') return refused('certificate names its logical cluster badly');
  if (scope.kind === 'everywhere') {
    const isConfined = confining.some(
      (issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey),
    );
    return isConfined ? refused('certificate of a confining authority names no logical cluster') : answer;
  }
  const { user } = answer;
  const reserved = [user.name, ...user.groups].find(isReservedName);
  if (reserved !== undefined)
    return refused(`certificate for one logical cluster is for ${JSON.stringify(reserved)}, which is reserved`);
  return { ...answer, user: { ...user, extra: { ...user.extra, [SCOPES_EXTRA]: [`cluster:${scope.cluster}`] } } };
}

function values(attribute: string | readonly string[] | undefined): readonly string[] {
  if (attribute === undefined) return [];
  return typeof attribute === 'string' ? [attribute] : attribute;
}
