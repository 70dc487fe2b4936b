import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { issueCertificate, type KeyPair } from '@kcp/auth';
import type { RootDirectory } from '../root-directory.ts';
import type { Authority } from './own-authority.ts';
import { certificatesOf, readPair, writePair, type PairFiles } from './pair-files.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** A serving certificate is renewed when it has this or less left, if a new one would live longer. */
const RENEWAL_MS = 30 * 24 * HOUR_MS;

/** A serving pair, and when it is to be looked at again. */
export interface OwnServing {
  readonly pair: KeyPair;
  /** What clients check it by, PEM. */
  readonly authority: string;
  /** In milliseconds since 1970. */
  readonly due: number;
}

/** What a serving certificate of our own is made of. */
export interface OwnServingOptions {
  readonly files: PairFiles;
  /** True at a start: files that are no pair are replaced. Later somebody may be about to replace them: that is an error. */
  readonly repairs: boolean;
  readonly authority: Authority;
  /** Names and addresses by which the server is reached. */
  readonly hosts: readonly string[];
  readonly now: number;
}

/**
 * Reads the serving pair, or makes one: where there is none, when a host is missing from it, when another authority is to
 * sign, and before it ends. A pair that another authority signed is somebody else's: it is used as it is, never replaced.
 */
export async function ownServing(directory: RootDirectory, options: OwnServingOptions): Promise<OwnServing> {
  const { files, authority, now, repairs } = options;
  const found = await readPair(directory, files).catch(async (error: unknown) => {
    if (repairs && !(await holdsForeign(directory, options))) return undefined;
    throw error;
  });
  if (found !== undefined && isForeign(found, authority))
    return { pair: found, authority: found.certificate, due: Infinity };
  const end = certificatesOf(authority.active.certificate)[0].validToDate.getTime();
  const notAfter = Math.min(now + YEAR_MS, end);
  const pair =
    found !== undefined && isGood(found, options, notAfter) ? found : await issue(directory, options, notAfter);
  const renewal = certificatesOf(pair.certificate)[0].validToDate.getTime() - RENEWAL_MS;
  return { pair, authority: authority.trusted, due: renewal > now ? renewal : Infinity };
}

/** True where the certificate file has somebody else's certificate, whatever the key file has. */
async function holdsForeign(directory: RootDirectory, { files, authority }: OwnServingOptions): Promise<boolean> {
  const certificate = (await directory.read(files.certificate)) ?? '';
  try {
    return isForeign({ certificate }, authority);
  } catch {
    return false;
  }
}

function isForeign({ certificate }: Pick<KeyPair, 'certificate'>, { active }: Authority): boolean {
  const [leaf] = certificatesOf(certificate);
  return leaf.issuer !== certificatesOf(active.certificate)[0].subject;
}

function isGood(pair: KeyPair, { hosts, authority, now }: OwnServingOptions, notAfter: number): boolean {
  const [leaf] = certificatesOf(pair.certificate);
  const [issuer] = certificatesOf(authority.active.certificate);
  if (!leaf.checkIssued(issuer) || !leaf.verify(issuer.publicKey)) return false;
  const end = leaf.validToDate.getTime();
  if (now < leaf.validFromDate.getTime() || now >= end) return false;
  if (end - now <= RENEWAL_MS && notAfter - end > HOUR_MS) return false;
  return hosts.every((host) => isFor(leaf, host));
}

function isFor(leaf: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined;
}

async function issue(
  directory: RootDirectory,
  { files, authority, hosts, now }: OwnServingOptions,
  notAfter: number,
): Promise<KeyPair> {
  const { active } = authority;
  const made = await issueCertificate({
    authority: active,
    usage: 'server',
    commonName: 'kcp',
    hosts,
    notBefore: now - 60_000,
    notAfter,
  });
  const certificate = `${made.certificate.trimEnd()}\n${active.certificate.trimEnd()}\n`;
  const pair = { certificate, privateKey: made.privateKey };
  await writePair(directory, files, pair);
  return pair;
}
