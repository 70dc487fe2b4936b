import type { X509Certificate } from 'node:crypto';
import { createAuthority, type KeyPair } from '@kcp/auth';
import type { RootDirectory } from '../root-directory.ts';
import { certificatesOf, readPair, removePair, writePair, type PairFiles } from './pair-files.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;

/** How an authority of our own lives: made for ten years, replaced in time. */
export interface AuthorityPolicy {
  readonly commonName: string;
  /** The name of its files without `.crt` and `.key`; its successor's end in `-next`. */
  readonly name: string;
  readonly lifetimeMs: number;
  /** So long before its end there is a successor, which is trusted already. */
  readonly publishMs: number;
  /** So long before its end the successor takes over; the old one stays trusted to its end. */
  readonly switchMs: number;
}

/**
 * The authority behind the serving certificate: clients have a year to learn of the successor, from their kubeconfig or
 * kube-root-ca.crt, before they meet a certificate that it signed.
 */
export const SERVING_AUTHORITY: AuthorityPolicy = {
  commonName: 'kcp',
  name: 'ca',
  lifetimeMs: 10 * YEAR_MS,
  publishMs: YEAR_MS,
  switchMs: DAY_MS,
};

/** The authority behind client certificates that are signed for requests: only the server trusts it, so it changes at once. */
export const SIGNING_AUTHORITY: AuthorityPolicy = {
  commonName: 'kcp-cluster-signing',
  name: 'cluster-signing-ca',
  lifetimeMs: 10 * YEAR_MS,
  publishMs: YEAR_MS,
  switchMs: YEAR_MS,
};

/** An authority as it is now. */
export interface Authority {
  /** What signs; its certificate only. */
  readonly active: KeyPair;
  /** All certificates to be trusted: its own, its successor's, its predecessors' that have not ended. PEM. */
  readonly trusted: string;
  /** When something is to be done next, in milliseconds since 1970. */
  readonly due: number;
}

/** What is to be done for an authority. */
export type AuthorityStep = 'keep' | 'publish' | 'switch';

/** Decides what is to be done: a successor is made, then, in time, takes over. */
export function authorityStep(
  { end, hasSuccessor }: { readonly end: number; readonly hasSuccessor: boolean },
  now: number,
  policy: AuthorityPolicy,
): AuthorityStep {
  if (!hasSuccessor) return now >= end - Math.max(policy.publishMs, policy.switchMs) ? 'publish' : 'keep';
  return now >= end - policy.switchMs ? 'switch' : 'keep';
}

/** Reads an authority, makes it where there is none, and does what is due. Throws RootDirectoryError where files are no pair. */
export async function ownAuthority(directory: RootDirectory, policy: AuthorityPolicy, now: number): Promise<Authority> {
  const files = filesOf(policy.name);
  const nextFiles = filesOf(`${policy.name}-next`);
  let stored = await readPair(directory, files);
  if (stored === undefined) {
    stored = await make(policy, now);
    await writePair(directory, files, stored);
  }
  let next = await readPair(directory, nextFiles);
  for (;;) {
    if (next !== undefined && isSame(next, stored)) {
      // What is left where the server was stopped while the successor took over.
      await removePair(directory, nextFiles);
      next = undefined;
    }
    const [first] = certificatesOf(stored.certificate);
    const step = authorityStep({ end: endOf(first), hasSuccessor: next !== undefined }, now, policy);
    if (step === 'keep') return asAuthority(stored, next, { now, policy });
    if (step === 'publish' || next === undefined) {
      next = await make(policy, now);
      await writePair(directory, nextFiles, next);
    } else {
      stored = { ...next, certificate: `${next.certificate.trimEnd()}\n${unended(stored.certificate, now)}` };
      await writePair(directory, files, stored);
    }
  }
}

function make({ commonName, lifetimeMs }: AuthorityPolicy, now: number): Promise<KeyPair> {
  return createAuthority({ commonName, notBefore: now - 60_000, notAfter: now + lifetimeMs });
}

function asAuthority(
  stored: KeyPair,
  next: KeyPair | undefined,
  { now, policy }: { readonly now: number; readonly policy: AuthorityPolicy },
): Authority {
  const [first, ...former] = certificatesOf(stored.certificate);
  const change = endOf(first) - (next === undefined ? Math.max(policy.publishMs, policy.switchMs) : policy.switchMs);
  const ends = former.map(endOf).filter((end) => end >= now);
  return {
    active: { certificate: first.toString(), privateKey: stored.privateKey },
    trusted: first.toString() + (next?.certificate ?? '') + unended(former.map(String).join(''), now),
    due: Math.min(change, ...ends.map((end) => end + 1)),
  };
}

function unended(pem: string, now: number): string {
  const blocks = pem === '' ? [] : certificatesOf(pem).filter((certificate) => endOf(certificate) >= now);
  return blocks.map(String).join('');
}

function endOf(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}

function isSame(one: KeyPair, other: KeyPair): boolean {
  return certificatesOf(one.certificate)[0].fingerprint256 === certificatesOf(other.certificate)[0].fingerprint256;
}

function filesOf(name: string): PairFiles {
  return { certificate: `${name}.crt`, key: `${name}.key` };
}
