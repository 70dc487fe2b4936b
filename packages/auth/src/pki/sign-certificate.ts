import { bitString, sequence, tagged, time, unsigned } from './der.ts';
import { randomSerial } from './certificate-parts.ts';
import type { CertificateSigner } from './signing-algorithm.ts';

/** What a certificate says, in parts that are encoded already. */
export interface CertificateContents {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Milliseconds since 1970; to the second. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Uint8Array[];
}

/** Makes an X.509 certificate of version 3 (RFC 5280, 4.1) with a serial number of its own; PEM. */
export async function signCertificate(contents: CertificateContents, signer: CertificateSigner): Promise<string> {
  const version = tagged(0xa0, unsigned(Uint8Array.of(2)));
  const toBeSigned = sequence(
    version,
    unsigned(randomSerial()),
    signer.algorithm,
    contents.issuer,
    sequence(time(contents.notBefore), time(contents.notAfter)),
    contents.subject,
    contents.publicKey,
    tagged(0xa3, sequence(...contents.extensions)),
  );
  const certificate = sequence(toBeSigned, signer.algorithm, bitString(await signer.sign(toBeSigned)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
