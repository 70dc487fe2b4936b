import type { X509Certificate } from 'node:crypto';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';

/** What the alternative name (a URI) of a certificate begins with that counts in one logical cluster only. */
const PREFIX = 'kcp://logical-clusters/';
const SCHEME = 'kcp:';

/** What names begin with that mean something to the server itself: masters, administrators, service accounts, bindings. */
const RESERVED = ['system:', 'apis.kcp.io:'];

/** True for a user or group that a certificate which counts in one logical cluster only is never for. */
export function isReservedName(name: string): boolean {
  return RESERVED.some((prefix) => name.startsWith(prefix));
}

/** Where a client certificate counts: everywhere, in one logical cluster, or nowhere because it says so badly. */
export type CertificateScope =
  | { readonly kind: 'everywhere' }
  | { readonly kind: 'cluster'; readonly cluster: LogicalCluster }
  | { readonly kind: 'malformed' };

const EVERYWHERE: CertificateScope = { kind: 'everywhere' };
const MALFORMED: CertificateScope = { kind: 'malformed' };

/** The alternative name that confines a certificate to a logical cluster. */
export function clusterUri(cluster: LogicalCluster): string {
  return PREFIX + cluster;
}

/** Node's text of alternative names: what needs care stands in quotes, as a JSON text. */
const ENTRY = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** Reads where a certificate counts. More than one logical cluster, or one without a proper name, is malformed. */
export function scopeOf({ subjectAltName = '' }: X509Certificate): CertificateScope {
  const uris = [...subjectAltName.matchAll(ENTRY)].flatMap(([, kind, value = '']) => (kind === 'URI' ? [value] : []));
  const own = uris.filter((uri) => uri.replace(/^"/, '').toLowerCase().startsWith(SCHEME));
  const [uri] = own;
  if (uri === undefined) return EVERYWHERE;
  const cluster = own.length === 1 && uri.startsWith(PREFIX) ? parseName(uri.slice(PREFIX.length)) : undefined;
  return cluster === undefined ? MALFORMED : { kind: 'cluster', cluster };
}
