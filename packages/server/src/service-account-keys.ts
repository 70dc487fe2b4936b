import {
  generateSigningKeyPem,
  loadSigningKey,
  loadVerificationKeys,
  type SigningKey,
  type VerificationKey,
} from '@kcp/auth';
import { readOptionFile } from './option-file.ts';
import type { RootDirectory } from './root-directory.ts';

const FILE = 'sa.key';

/** What service-account tokens are signed and checked with. */
export interface ServiceAccountKeys {
  readonly signing: SigningKey;
  readonly verification: readonly VerificationKey[];
}

/** Reads the signing key `sa.key`, or makes it at the first start; further files add keys to check with. */
export async function serviceAccountKeys(
  directory: RootDirectory,
  files: readonly string[],
): Promise<ServiceAccountKeys> {
  let pem = await directory.read(FILE);
  if (pem === undefined) {
    pem = generateSigningKeyPem();
    await directory.write(FILE, pem);
  }
  const signing = loadSigningKey(pem);
  const further = await Promise.all(
    files.map((file) => readOptionFile(file, (bytes) => loadVerificationKeys(bytes.toString('utf8')))),
  );
  return { signing, verification: [signing, ...further.flat()] };
}
