import type { Door } from '@kcp/http';
import { doorTls, type CertificateSources } from './certificate-set.ts';
import type { Certificates } from './certificates.ts';

/** Who uses certificates. */
export interface CertificateUsers {
  readonly sources: CertificateSources;
  readonly door: Pick<Door, 'renew'>;
  /** What clients check the server by is another: what tells them is written anew. */
  readonly publish: () => Promise<void>;
}

/** Begins to watch the certificates and hands every change on: to new connections first, then to those who check them. */
export function followCertificates(certificates: Certificates, { sources, door, publish }: CertificateUsers): void {
  let published = certificates.current.authority;
  certificates.onChange((set) => door.renew(doorTls(sources, set)));
  certificates.onChange(async ({ authority }) => {
    if (authority === published) return;
    await publish();
    published = authority;
  });
  certificates.start();
}
