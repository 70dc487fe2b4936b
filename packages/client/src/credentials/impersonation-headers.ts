import type { Impersonation } from '../kubeconfig/kubeconfig.ts';

/** What may stand in a header's name (RFC 9110, 5.6.2) but `%`, which begins an escape. */
const PLAIN = /^[!#$&'*+\-.^_`|~0-9A-Za-z]$/;

/** The headers that ask to be taken for somebody else (Kubernetes, "User impersonation"); names are lower case. */
export function impersonationHeaders({ user, uid, groups, extra }: Impersonation): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'impersonate-user': asBytes(user) };
  if (uid !== undefined) headers['impersonate-uid'] = asBytes(uid);
  if (groups.length > 0) headers['impersonate-group'] = groups.map(asBytes);
  for (const [key, values] of extra) headers[`impersonate-extra-${escapeKey(key)}`] = values.map(asBytes);
  return headers;
}

/** Headers are bytes: a character each. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Keys are lower case on the other side; what a header's name cannot hold is percent-encoded. */
function escapeKey(key: string): string {
  let escaped = '';
  for (const byte of Buffer.from(key.toLowerCase(), 'utf8')) {
    const character = String.fromCharCode(byte);
    escaped += PLAIN.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return escaped;
}
