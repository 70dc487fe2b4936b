import { X509Certificate } from 'node:crypto';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import type { RootDirectory } from './root-directory.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;
/** A serving certificate is renewed at a start when it has less than this left. */
const RENEWAL_MS = 30 * 24 * 3600 * 1000;

/** What the server shows to its clients, and what they check it by. */
export interface ServingCertificate {
  /** The chain, PEM: the server's own certificate and the authority's. */
  readonly certificate: string;
  readonly privateKey: string;
  /** The authority's certificate, PEM. */
  readonly authority: string;
}

/**
 * Reads `apiserver.crt` and `apiserver.key`, or makes them and the authority behind them (`ca.crt`, `ca.key`): at the first
 * start, when a host is missing from the certificate, and before it ends. The authority stays, so that kubeconfigs stay good.
 */
export async function servingCertificate(
  directory: RootDirectory,
  options: { hosts: readonly string[]; now: number },
): Promise<ServingCertificate> {
  const [certificate, privateKey, authority] = await Promise.all(
    ['apiserver.crt', 'apiserver.key', 'ca.crt'].map((name) => directory.read(name)),
  );
  if (certificate !== undefined && privateKey !== undefined && isGood(certificate, options)) {
    return { certificate, privateKey, authority: authority ?? certificate };
  }
  return issue(directory, options);
}

function isGood(certificate: string, { hosts, now }: { hosts: readonly string[]; now: number }): boolean {
  const parsed = new X509Certificate(certificate);
  if (Date.parse(parsed.validTo) - now < RENEWAL_MS) return false;
  return hosts.every((host) => parsed.checkHost(host) !== undefined || parsed.checkIP(host) !== undefined);
}

async function issue(
  directory: RootDirectory,
  { hosts, now }: { hosts: readonly string[]; now: number },
): Promise<ServingCertificate> {
  const authority = await readAuthority(directory, now);
  const notBefore = now - 60_000;
  const pair = await issueCertificate({
    authority,
    usage: 'server',
    commonName: 'kcp',
    hosts,
    notBefore,
    notAfter: now + YEAR_MS,
  });
  const certificate = `${pair.certificate.trimEnd()}\n${authority.certificate.trimEnd()}\n`;
  await directory.write('apiserver.key', pair.privateKey);
  await directory.write('apiserver.crt', certificate);
  return { certificate, privateKey: pair.privateKey, authority: authority.certificate };
}

async function readAuthority(directory: RootDirectory, now: number): Promise<KeyPair> {
  const [certificate, privateKey] = [await directory.read('ca.crt'), await directory.read('ca.key')];
  if (certificate !== undefined && privateKey !== undefined) return { certificate, privateKey };
  const made = await createAuthority({ commonName: 'kcp', notBefore: now - 60_000, notAfter: now + 10 * YEAR_MS });
  await directory.write('ca.key', made.privateKey);
  await directory.write('ca.crt', made.certificate);
  return made;
}
