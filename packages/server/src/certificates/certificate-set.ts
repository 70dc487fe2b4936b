import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { KeyPair } from '@kcp/auth';
import type { DoorTls, NamedPair } from '@kcp/http';
import { readOptionFile } from '../option-file.ts';
import type { RootDirectory } from '../root-directory.ts';
import type { SignInOptions } from '../sign-in-options.ts';
import { bothOrNone, checkedCertificates, givenAuthority, givenPair, type GivenFiles } from './given-pair.ts';
import { ownAuthority, SERVING_AUTHORITY, SIGNING_AUTHORITY } from './own-authority.ts';
import { ownServing } from './own-serving.ts';
import { certificatesOf } from './pair-files.ts';
import { parseSniPair, sniPairs, type SniFiles } from './sni-pairs.ts';
import { tlsSettings } from './tls-settings.ts';

/** What the options say about certificates; all of them are paths but the TLS settings. */
export interface CertificateOptions {
  /** The serving pair; without it one of our own is kept in `certDir`, or in the root directory. */
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  /** Pairs for certain names: `cert,key[:names]`. */
  readonly tlsSniCertKeys?: readonly string[];
  readonly certDir?: string;
  /** `VersionTLS12` (the default) or `VersionTLS13`. */
  readonly tlsMinVersion?: string;
  /** IANA names of suites of TLS 1.2. */
  readonly tlsCipherSuites?: readonly string[];
  /** Authorities whose client certificates count everywhere. */
  readonly clientCaFile?: string;
  /** The authority that signs requests for client certificates; without it one is made in the root directory. */
  readonly clusterSigningCertFile?: string;
  readonly clusterSigningKeyFile?: string;
}

/** The options, checked. */
export interface CertificateSources {
  readonly serving: GivenFiles | undefined;
  readonly named: readonly SniFiles[];
  readonly ownFiles: { readonly certificate: string; readonly key: string };
  readonly hosts: readonly string[];
  readonly settings: Pick<DoorTls, 'ciphers' | 'minVersion'>;
  readonly clientCaFile: string | undefined;
  readonly proxyCaFile: string | undefined;
  readonly signing: GivenFiles | undefined;
}

/** All certificates as they are now. */
export interface CertificateSet {
  readonly serving: KeyPair;
  /** What clients check the server by, PEM. */
  readonly authority: string;
  readonly named: readonly NamedPair[];
  /** Whose client certificates the door takes: users' and front proxies', PEM. */
  readonly clientCa: string;
  /** Whose certificates are users', PEM. */
  readonly userCa: string;
  /** Whose certificates are front proxies', PEM; empty where there are none. */
  readonly proxyCa: string;
  /** Those of them whose certificates count in one logical cluster only. */
  readonly confining: readonly X509Certificate[];
  readonly signing: KeyPair;
  /** When something has to be renewed, in milliseconds since 1970. */
  readonly due: number;
}

/** Checks the options. Throws OptionFileError. */
export function certificateSources(
  options: CertificateOptions & Pick<SignInOptions, 'requestHeader'>,
  hosts: readonly string[],
): CertificateSources {
  const { tlsCertFile, tlsPrivateKeyFile, clusterSigningCertFile, clusterSigningKeyFile, certDir = '' } = options;
  const given = (certFile: string | undefined, keyFile: string | undefined): Partial<GivenFiles> => ({
    ...(certFile !== undefined && { certFile }),
    ...(keyFile !== undefined && { keyFile }),
  });
  return {
    serving: bothOrNone(given(tlsCertFile, tlsPrivateKeyFile), ['--tls-cert-file', '--tls-private-key-file']),
    named: (options.tlsSniCertKeys ?? []).map(parseSniPair),
    ownFiles: { certificate: join(certDir, 'apiserver.crt'), key: join(certDir, 'apiserver.key') },
    hosts,
    settings: tlsSettings({
      ...(options.tlsMinVersion !== undefined && { minVersion: options.tlsMinVersion }),
      ...(options.tlsCipherSuites !== undefined && { cipherSuites: options.tlsCipherSuites }),
    }),
    clientCaFile: options.clientCaFile,
    proxyCaFile: options.requestHeader?.clientCaFile,
    signing: bothOrNone(given(clusterSigningCertFile, clusterSigningKeyFile), [
      '--cluster-signing-cert-file',
      '--cluster-signing-key-file',
    ]),
  };
}

/** The serving pair as the options or the root directory have it, renewed where that is due. */
export async function loadServing(
  directory: RootDirectory,
  sources: CertificateSources,
  { now, repairs }: { readonly now: number; readonly repairs: boolean },
) {
  if (sources.serving !== undefined) {
    const pair = await givenPair(sources.serving);
    return { pair, authority: pair.certificate, due: Infinity };
  }
  const authority = await ownAuthority(directory, SERVING_AUTHORITY, now);
  const { ownFiles: files, hosts } = sources;
  const own = await ownServing(directory, { files, authority, hosts, now, repairs });
  return { ...own, due: Math.min(own.due, authority.due) };
}

/** The authorities of clients: those that the options name, and the one that signs requests. */
export async function loadClients(directory: RootDirectory, sources: CertificateSources, now: number) {
  const given = await readAuthorities(sources.clientCaFile);
  const proxyCa = await readAuthorities(sources.proxyCaFile);
  const signing = await loadSigning(directory, sources, now);
  const known = new Set(given === '' ? [] : certificatesOf(given).map(({ fingerprint256 }) => fingerprint256));
  return {
    signing: signing.active,
    clientCa: joined(given, signing.trusted, proxyCa),
    userCa: joined(given, signing.trusted),
    proxyCa,
    // An authority that is a client authority besides may make other certificates than those for requests.
    confining: certificatesOf(signing.trusted).filter(({ fingerprint256 }) => !known.has(fingerprint256)),
    due: signing.due,
  };
}

/** The certificates in a file, PEM; empty where no file is named. */
async function readAuthorities(file: string | undefined): Promise<string> {
  return file === undefined ? '' : readOptionFile(file, (bytes) => checkedCertificates(bytes.toString('utf8')));
}

function joined(...pems: readonly string[]): string {
  return pems.flatMap((pem) => (pem === '' ? [] : [`${pem.trimEnd()}\n`])).join('');
}

async function loadSigning(directory: RootDirectory, { signing }: CertificateSources, now: number) {
  if (signing === undefined) return ownAuthority(directory, SIGNING_AUTHORITY, now);
  const active = await givenAuthority(signing);
  return { active, trusted: active.certificate, due: Infinity };
}

/** The pairs for certain names. */
export function loadNamed({ named }: CertificateSources): Promise<readonly NamedPair[]> {
  return sniPairs(named);
}

/** What the door is opened with, or given anew. */
export function doorTls({ settings }: CertificateSources, set: CertificateSet): DoorTls {
  const { serving, named, clientCa } = set;
  return { key: serving.privateKey, cert: serving.certificate, named, clientCa, ...settings };
}
