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

/** The files that options name. */
export interface ServiceAccountKeyFiles {
  /** Keys to check with, public or private. */
  readonly keyFiles: readonly string[];
  /** The private key to sign with; without it the first private one of `keyFiles`. */
  readonly signingKeyFile?: string;
}

/** Reads the keys; where no file has a private one, the signing key is `sa.key`, made at the first start. Throws OptionFileError. */
export async function serviceAccountKeys(
  directory: RootDirectory,
  { keyFiles, signingKeyFile }: ServiceAccountKeyFiles,
): Promise<ServiceAccountKeys> {
  const read = keyFiles.map((file) =>
    readOptionFile(file, (bytes) => {
      const pem = bytes.toString('utf8');
      return {
        keys: loadVerificationKeys(pem),
        signing: pem.includes('PRIVATE KEY-----') ? loadSigningKey(pem) : undefined,
      };
    }),
  );
  const files = await Promise.all(read);
  const given =
    signingKeyFile === undefined
      ? files.find(({ signing }) => signing)?.signing
      : await readOptionFile(signingKeyFile, (bytes) => loadSigningKey(bytes.toString('utf8')));
  const signing = given ?? (await ownKey(directory));
  const others = files.flatMap(({ keys }) => keys).filter(({ id }) => id !== signing.id);
  return { signing, verification: [signing, ...others] };
}

async function ownKey(directory: RootDirectory): Promise<SigningKey> {
  let pem = await directory.read(FILE);
  if (pem === undefined) {
    pem = generateSigningKeyPem();
    await directory.write(FILE, pem);
  }
  return loadSigningKey(pem);
}
