import type { AuthorityOptions, CertificateOptions, KeyPair } from './certificate.ts';

/** Makes a certificate authority. The library behind it is loaded when this is first called: a first start only. */
export async function createAuthority(options: AuthorityOptions): Promise<KeyPair> {
  const pki = await import('./certificate.ts');
  return pki.createAuthority(options);
}

/** Makes a certificate that an authority signs; loads the library as `createAuthority` does. */
export async function issueCertificate(options: CertificateOptions): Promise<KeyPair> {
  const pki = await import('./certificate.ts');
  return pki.issueCertificate(options);
}
