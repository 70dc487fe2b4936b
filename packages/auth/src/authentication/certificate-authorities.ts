import { hash, X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Authenticator, CertificateHolder } from '../user.ts';

/** Says whether a client's certificate comes from certain authorities. Throws nothing: a certificate that is none does not. */
export type FromAuthority = (holder: CertificateHolder) => boolean;

/** No honest chain is longer. */
const MAX_DEPTH = 8;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads the certificates of a PEM file. Throws Error where it has none, or one that is broken. */
export function parseCertificates(pem: string): readonly X509Certificate[] {
  const found = [...pem.matchAll(PEM)].map(([text]) => new X509Certificate(text));
  if (found.length === 0) throw new Error('the file holds no PEM encoded certificate');
  return found;
}

/**
 * Tells the authorities of one file from those of others. The TLS handshake accepts certificates of all configured
 * authorities; which of them stands behind one decides what it may be used for, so the chain is followed here once more:
 * signatures, the right to issue, and time. Verdicts are kept by certificate and end with the chain's first expiry; a resumed
 * connection, which does not bring its intermediates again, relies on them.
 */
export function fromAuthority(
  pem: string,
  options: { readonly clock: () => number; readonly maxEntries?: number },
): FromAuthority {
  const roots = parseCertificates(pem);
  const verdicts = new LRUCache<string, number>({ max: options.maxEntries ?? 1_000 });
  const bySource = new WeakMap<Uint8Array, string>();
  return (holder) => {
    const { certificate } = holder;
    if (!certificate) return false;
    const digest = bySource.get(certificate) ?? hash('sha256', certificate, 'base64');
    bySource.set(certificate, digest);
    const now = options.clock();
    const until = verdicts.get(digest);
    if (until !== undefined && now <= until) return true;
    const end = chainEnd(certificate, { roots, intermediates: holder.intermediates ?? [], now });
    if (end !== undefined) verdicts.set(digest, end);
    return end !== undefined;
  };
}

interface Surroundings {
  readonly roots: readonly X509Certificate[];
  readonly intermediates: readonly Uint8Array[];
  readonly now: number;
}

/** Until when a chain from the certificate to a root holds; undefined where there is none. */
function chainEnd(der: Uint8Array, { roots, intermediates, now }: Surroundings): number | undefined {
  const sent = intermediates.slice(0, MAX_DEPTH).flatMap((each) => certificateOf(each) ?? []);
  const leaf = certificateOf(der);
  const climb = (at: X509Certificate, depth: number): number | undefined => {
    const end = validUntil(at, now);
    if (end === undefined || depth > MAX_DEPTH) return undefined;
    for (const root of roots) {
      if (root.fingerprint256 === at.fingerprint256) return end;
      const rootEnd = issued(root, at) ? validUntil(root, now) : undefined;
      if (rootEnd !== undefined) return Math.min(end, rootEnd);
    }
    for (const next of sent) {
      const above = next !== at && issued(next, at) ? climb(next, depth + 1) : undefined;
      if (above !== undefined) return Math.min(end, above);
    }
    return undefined;
  };
  return leaf && climb(leaf, 0);
}

function certificateOf(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function validUntil(certificate: X509Certificate, now: number): number | undefined {
  const end = certificate.validToDate.getTime();
  return now >= certificate.validFromDate.getTime() && now <= end ? end : undefined;
}

/** Asks an authenticator about certificates of certain authorities only; others, though good for something else, are refused. */
export function onlyFrom(isFrom: FromAuthority, authenticator: Authenticator): Authenticator {
  return (credentials) => {
    const { certificate, peer = { certificate } } = credentials;
    if (certificate && !isFrom(peer)) return { kind: 'refused', why: 'x509: certificate signed by unknown authority' };
    return authenticator(credentials);
  };
}
