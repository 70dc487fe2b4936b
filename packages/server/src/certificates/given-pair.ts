import { createSecureContext } from 'node:tls';
import type { KeyPair } from '@kcp/auth';
import { OptionFileError, readOptionFile } from '../option-file.ts';
import { certificatesOf, keyOf } from './pair-files.ts';

/** A pair of files that an option names. */
export interface GivenFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Reads a pair that an option names. Throws OptionFileError where a file is missing, or the key does not fit the certificate. */
export async function givenPair({ certFile, keyFile }: GivenFiles): Promise<KeyPair> {
  const certificate = await readOptionFile(certFile, (bytes) => checkedCertificates(bytes.toString('utf8')));
  return readOptionFile(keyFile, (bytes) => {
    const privateKey = keyOf(bytes.toString('utf8'), certificatesOf(certificate)[0]);
    if (privateKey === undefined) throw new Error(`the file holds no private key that fits ${certFile}`);
    createSecureContext({ cert: certificate, key: privateKey });
    return { certificate, privateKey: `${privateKey}\n` };
  });
}

/** The certificates of authorities in a PEM text, as it is. Throws Error where there are none, or a broken one. */
export function checkedCertificates(pem: string): string {
  certificatesOf(pem);
  createSecureContext({ ca: pem });
  return pem;
}

/** A certificate that signs others, with its key. Throws OptionFileError where it may not sign. */
export async function givenAuthority(files: GivenFiles): Promise<KeyPair> {
  const pair = await givenPair(files);
  const [first] = certificatesOf(pair.certificate);
  if (!first.ca) throw new OptionFileError(`${files.certFile}: the certificate is not one of an authority`);
  return { certificate: first.toString(), privateKey: pair.privateKey };
}

/** Refuses half of a pair: both names, or neither. Throws OptionFileError. */
export function bothOrNone(
  { certFile, keyFile }: Partial<GivenFiles>,
  names: readonly [string, string],
): GivenFiles | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  const [given, missing] = certFile === undefined ? [names[1], names[0]] : names;
  throw new OptionFileError(`${given} needs ${missing}: they go together`);
}
