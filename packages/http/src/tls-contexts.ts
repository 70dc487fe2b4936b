import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';

/** A serving certificate and its key, PEM. */
export interface ServingPair {
  readonly key: string | Buffer;
  /** The certificate, its intermediates after it. */
  readonly cert: string | Buffer;
}

/** A pair for those who ask for certain names (RFC 6066, server name indication). */
export interface NamedPair extends ServingPair {
  /** Lower case; `*.example.com` stands for one label more. */
  readonly names: readonly string[];
}

/** What connections are secured with. */
export interface DoorTls extends ServingPair {
  /** Asked in this order, the first that has the name counts; `key` and `cert` are for everybody else. */
  readonly named?: readonly NamedPair[];
  /**
   * Whose client certificates count. With it clients are asked for one; a certificate that does not chain to it does not
   * end the connection: the peer then has no certificate, but a `certificateError`.
   */
  readonly clientCa?: string | Buffer;
  /** TLSv1.2 where left out. */
  readonly minVersion?: Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>;
  /** OpenSSL's cipher list; Node's where left out. */
  readonly ciphers?: string;
}

/** Finds the pair for a name; undefined where the default one serves it. */
export type ContextOf = (name: string) => SecureContext | undefined;

/** What one secure context is made of. Throws Node's error where a key or certificate is none. */
export function contextOptions(tls: DoorTls, { key, cert }: ServingPair = tls): SecureContextOptions {
  return {
    key,
    cert,
    minVersion: tls.minVersion ?? 'TLSv1.2',
    ...(tls.ciphers !== undefined && { ciphers: tls.ciphers }),
    ...(tls.clientCa !== undefined && { ca: tls.clientCa }),
  };
}

/** Makes the contexts of the named pairs, all at once, so that what is wrong with one is found out before any is used. */
export function namedContexts(tls: DoorTls): ContextOf {
  const exact = new Map<string, SecureContext>();
  for (const pair of tls.named ?? []) {
    const context = createSecureContext(contextOptions(tls, pair));
    for (const name of pair.names) if (!exact.has(name)) exact.set(name, context);
  }
  return (name) => {
    const wanted = name.toLowerCase().replace(/\.$/, '');
    return exact.get(wanted) ?? exact.get(wanted.replace(/^[^.]+/, '*'));
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** True where an authority that counted before does not count any more. */
export function losesAuthority(before: DoorTls['clientCa'], after: DoorTls['clientCa']): boolean {
  const kept = fingerprints(after);
  return [...fingerprints(before)].some((print) => !kept.has(print));
}

function fingerprints(pem: string | Buffer = ''): ReadonlySet<string> {
  const blocks = String(pem).match(CERTIFICATE) ?? [];
  return new Set(blocks.map((block) => new X509Certificate(block).fingerprint256));
}
