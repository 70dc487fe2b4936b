import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PemPair } from '../credentials/credential-source.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import { KubeconfigError } from '../kubeconfig/kubeconfig-error.ts';
import type { PemSource } from '../kubeconfig/kubeconfig.ts';

/** The certificates of a connection, as they are now. */
export interface TlsMaterial {
  readonly authority: string | undefined;
  readonly pair: PemPair | undefined;
  /** Differs where any of them does: connections made with others are not used for new requests. */
  readonly fingerprint: string;
}

/** What reads a connection's certificates, and reads them again when it is time. */
export interface MaterialReader {
  /** Rejects with KubeconfigError where a file cannot be read, and could never be: else what was read last stays in use. */
  current(pair: PemPair | undefined): Promise<TlsMaterial>;
}

type Files = Omit<TlsMaterial, 'fingerprint'>;

/** Reads certificates; those in files are looked at again after `checkMs`. */
export function materialReader(connection: Connection, checkMs: number, now: () => number): MaterialReader {
  let last: Files | undefined;
  let readAt = -Infinity;
  let reading: Promise<Files> | undefined;
  const read = async (): Promise<Files> => {
    try {
      last = await readMaterial(connection);
    } catch (error) {
      if (last === undefined) throw error;
    }
    readAt = now();
    return last;
  };
  const files = (): Files | Promise<Files> => {
    if (last !== undefined && now() - readAt < checkMs) return last;
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  };
  let made: { readonly of: Files; readonly given: PemPair | undefined; readonly material: TlsMaterial } | undefined;
  return {
    current: async (given) => {
      const of = await files();
      if (made?.of !== of || made.given !== given) made = { of, given, material: withFingerprint(of, given) };
      return made.material;
    },
  };
}

/** A pair that a plugin gave comes before that of the files. */
function withFingerprint({ authority, pair }: Files, given: PemPair | undefined): TlsMaterial {
  const shown = given ?? pair;
  return { authority, pair: shown, fingerprint: fingerprintOf([authority, shown?.certificate, shown?.key]) };
}

async function readMaterial({ authority, certificate }: Connection): Promise<Omit<TlsMaterial, 'fingerprint'>> {
  const [ca, cert, key] = await Promise.all([
    authority && readPem(authority),
    certificate && readPem(certificate.certificate),
    certificate && readPem(certificate.key),
  ]);
  // An empty authority would mean to TLS that all the known ones are meant.
  if (authority && !ca?.includes('-----BEGIN'))
    throw new KubeconfigError('holds no certificate', {
      ...(authority.kind === 'file' && { file: authority.path }),
      field: 'certificate-authority',
    });
  return { authority: ca, pair: cert !== undefined && key !== undefined ? { certificate: cert, key } : undefined };
}

/** The text of a certificate or a key. Rejects with KubeconfigError, which names the file. */
export async function readPem(source: PemSource): Promise<string> {
  if (source.kind === 'data') return source.pem;
  try {
    return await readFile(source.path, 'utf8');
  } catch (error) {
    throw new KubeconfigError('cannot be read', { file: source.path }, error);
  }
}

function fingerprintOf(parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part === undefined ? '-' : `${part.length}:${part}`);
  return hash.digest('hex');
}
