import type { DoorTls } from '@kcp/http';
import { OptionFileError } from '../option-file.ts';

/** Versions by Go's names (k8s.io/component-base/cli/flag TLSPossibleVersions); older ones are not served (RFC 8996). */
const VERSIONS: ReadonlyMap<string, NonNullable<DoorTls['minVersion']>> = new Map([
  ['VersionTLS12', 'TLSv1.2'],
  ['VersionTLS13', 'TLSv1.3'],
]);

/** The suites of TLS 1.2 by their IANA names, as OpenSSL calls them. Suites of TLS 1.3 cannot be chosen, as in Go. */
const SUITES: ReadonlyMap<string, string> = new Map([
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
]);
const SUITES_13: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]);

/** What the flags say about TLS itself. */
export interface TlsSettings {
  /** `VersionTLS12` or `VersionTLS13`. */
  readonly minVersion?: string;
  /** IANA names; none: Node's choice. */
  readonly cipherSuites?: readonly string[];
}

/** The settings as the door takes them. Throws OptionFileError for names that it does not have. */
export function tlsSettings({
  minVersion = '',
  cipherSuites = [],
}: TlsSettings): Pick<DoorTls, 'ciphers' | 'minVersion'> {
  const version = VERSIONS.get(minVersion);
  if (minVersion !== '' && version === undefined)
    throw new OptionFileError(
      `unknown tls version ${JSON.stringify(minVersion)}: one of ${[...VERSIONS.keys()].join(', ')}`,
    );
  const chosen = cipherSuites.flatMap((name) => {
    const suite = SUITES.get(name);
    if (suite === undefined && !SUITES_13.has(name))
      throw new OptionFileError(`Cipher suite ${name} not supported or doesn't exist`);
    return suite ?? [];
  });
  // Without names of TLS 1.3 OpenSSL would not speak it at all.
  const ciphers = [...SUITES_13, ...chosen].join(':');
  return { ...(version && { minVersion: version }), ...(cipherSuites.length > 0 && { ciphers }) };
}
