import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What is wrong with a webhook's caBundle (PEM in base64); undefined where it is empty or has a certificate that can be read. */
export function caBundleError(bundle: string | undefined): string | undefined {
  if (bundle === undefined || bundle === '') return undefined;
  const blocks = Buffer.from(bundle, 'base64').toString('latin1').match(BLOCK) ?? [];
  const why = blocks.length === 0 ? 'unable to parse bytes as PEM block' : undefined;
  const broken = why ?? (blocks.some(isCertificate) ? undefined : 'failed to parse certificate');
  return broken === undefined ? undefined : `unable to load root certificates: ${broken}`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
