import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { KeyPair } from '@kcp/auth';
import { RootDirectoryError, type RootDirectory } from '../root-directory.ts';

/** The files of a pair, in the root directory unless absolute. */
export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]+-----END \1-----/g;

/** The certificates of a PEM text, in order. Throws Error where it holds none, or one that is broken. */
export function certificatesOf(pem: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [first, ...rest] = (pem.match(CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
  if (first === undefined) throw new Error('the file holds no PEM encoded certificate');
  return [first, ...rest];
}

/** The key of a PEM text that fits a certificate; undefined where none does. Throws Error where one cannot be read. */
export function keyOf(pem: string, certificate: X509Certificate): string | undefined {
  const blocks = [...pem.matchAll(PRIVATE_KEY)].map(([block]) => block);
  return blocks.find((block) => certificate.checkPrivateKey(privateKey(block)));
}

function privateKey(block: string): KeyObject {
  return createPrivateKey(block);
}

/**
 * Reads a pair: the certificates as they are, and the key that fits the first. Undefined where there is no certificate file.
 * Throws RootDirectoryError where the files are no pair.
 */
export async function readPair(directory: RootDirectory, files: PairFiles): Promise<KeyPair | undefined> {
  const [certificate, keys] = [await directory.read(files.certificate), await directory.read(files.key)];
  if (certificate === undefined) return undefined;
  try {
    const key = keys === undefined ? undefined : keyOf(keys, certificatesOf(certificate)[0]);
    if (key !== undefined) return { certificate, privateKey: `${key}\n` };
  } catch (error) {
    throw new RootDirectoryError(
      `${directory.at(files.certificate)} and ${files.key} cannot be read: ${textOf(error)}`,
      {
        cause: error,
      },
    );
  }
  throw new RootDirectoryError(
    `${directory.at(files.key)} holds no key that fits ${files.certificate}: restore it, or remove both files to have new ones made`,
  );
}

/**
 * Replaces a pair. Two files cannot be replaced at once: until the certificate is there the key file holds the new key and
 * the old one, so that a crash at any moment leaves a pair that `readPair` finds.
 */
export async function writePair(directory: RootDirectory, files: PairFiles, pair: KeyPair): Promise<void> {
  const former = await directory.read(files.key);
  if (former !== undefined) await directory.write(files.key, `${pair.privateKey.trimEnd()}\n${former}`);
  else await directory.write(files.key, pair.privateKey);
  await directory.write(files.certificate, pair.certificate);
  if (former !== undefined) await directory.write(files.key, pair.privateKey);
}

/** Removes a pair; the certificate first, so that no key is missed. */
export async function removePair(directory: RootDirectory, files: PairFiles): Promise<void> {
  await directory.remove(files.certificate);
  await directory.remove(files.key);
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
