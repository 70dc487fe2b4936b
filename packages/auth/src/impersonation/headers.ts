import { badRequest } from '@kcp/api-machinery';
import type { UserInfo } from '../user.ts';

const USER = 'impersonate-user';
const UID = 'impersonate-uid';
const GROUP = 'impersonate-group';
const EXTRA_PREFIX = 'impersonate-extra-';
/** All headers by which somebody asks to be somebody else begin so. */
const PREFIX = 'impersonate-';

/** Header lines as sent: lower-case names, a repeated header once for each line. */
export type HeaderLines = Iterable<readonly [name: string, value: string]>;

/**
 * Whom a request wants to be: exactly what its headers say, nothing added. undefined where it has no such headers. Throws
 * BadRequest for groups, a uid or extras without a user.
 */
export function impersonationHeaders(lines: HeaderLines): UserInfo | undefined {
  let name = '';
  let uid = '';
  const groups: string[] = [];
  const extra = new Map<string, string[]>();
  for (const [header, value] of lines) {
    if (!header.startsWith(PREFIX)) continue;
    if (header === USER) name ||= value;
    else if (header === UID) uid ||= value;
    else if (header === GROUP) groups.push(value);
    else if (header.startsWith(EXTRA_PREFIX)) append(extra, unescapeKey(header.slice(EXTRA_PREFIX.length)), value);
  }
  if (name !== '') return { name, uid, groups, extra: Object.fromEntries(extra) };
  if (uid === '' && groups.length === 0 && extra.size === 0) return undefined;
  const asked = { uid, groups, extra: Object.fromEntries(extra) };
  throw badRequest(`requested ${JSON.stringify(asked)} without impersonating a user name`);
}

function append(extra: Map<string, string[]>, key: string, value: string): void {
  const values = extra.get(key);
  if (values) values.push(value);
  else extra.set(key, [value]);
}

/** Keys are percent-encoded because header names hold few characters; a malformed one counts as it is. */
function unescapeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.toLowerCase());
  } catch {
    return encoded.toLowerCase();
  }
}
