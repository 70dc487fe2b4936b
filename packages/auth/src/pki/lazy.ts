import type { CertificateRequest, RequestedCertificate } from './certificate-request.ts';
import type { AuthorityOptions, CertificateOptions, KeyPair } from './certificate.ts';

/** Makes a certificate authority. What it takes is loaded when this is first called: a first start only. */
export async function createAuthority(options: AuthorityOptions): Promise<KeyPair> {
  const pki = await import('./certificate.ts');
  return pki.createAuthority(options);
}

/** Makes a certificate that an authority signs; loads as `createAuthority` does. */
export async function issueCertificate(options: CertificateOptions): Promise<KeyPair> {
  const pki = await import('./certificate.ts');
  return pki.issueCertificate(options);
}

/** Reads a PKCS #10 request, DER, and checks its signature; throws Error. Loads the library for requests at the first one. */
export async function readCertificateRequest(der: Uint8Array): Promise<CertificateRequest> {
  const pki = await import('./certificate-request.ts');
  return pki.readCertificateRequest(der);
}

/** Signs a request for one logical cluster; the certificate, PEM. */
export async function signCertificateRequest(wanted: RequestedCertificate): Promise<string> {
  const pki = await import('./certificate-request.ts');
  return pki.signCertificateRequest(wanted);
}
