import type { UserInfo } from '@kcp/auth';
import type { Request } from '@kcp/http';

/** Headers of one connection, not of the request (RFC 9110, 7.6.1), and what the next one is told anew. */
const OWN: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-kubernetes-cluster',
]);

/** Who somebody is, said by a proxy: nobody else's word is passed on. */
const IDENTITY = 'x-remote-';

/** How servers like this one are named in Via (RFC 9110, 7.6.3). */
const VIA = '1.1 kcp';

/** A request that came through so many mounts goes in a circle. */
const MOST_HOPS = 4;

/** True where a request has come through so many mounts that it must be going in a circle. */
export function isCircling(request: Request): boolean {
  return (request.header('via') ?? '').split(',').filter((hop) => hop.trim() === VIA).length >= MOST_HOPS;
}

/**
 * The headers that a request goes on to a mount with: the client's own, its credentials included, as kcp passes them on. Where the other
 * side takes our word for who it is (`user`), it is our word, and the credentials stay here.
 */
export function forwardedHeaders(
  request: Request,
  user: UserInfo | undefined,
): Readonly<Record<string, string | readonly string[]>> {
  const dropped = new Set((request.header('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const found = new Map<string, string[]>();
  const append = (name: string, ...values: readonly string[]): void => {
    found.set(name, [...(found.get(name) ?? []), ...values]);
  };
  for (const [name, value] of request.headers()) {
    if (name.startsWith(':') || name.startsWith(IDENTITY) || OWN.has(name) || dropped.has(name)) continue;
    if (user === undefined || name !== 'authorization') append(name, value);
  }
  append('via', VIA);
  append('x-forwarded-for', request.peer.address);
  if (user) {
    append(`${IDENTITY}user`, user.name);
    if (user.groups.length > 0) append(`${IDENTITY}group`, ...user.groups);
    for (const [key, values] of Object.entries(user.extra))
      append(`${IDENTITY}extra-${encodeURIComponent(key)}`, ...values);
  }
  return Object.fromEntries(found);
}

/** The headers of an answer that go on to the client. */
export function answeredHeaders(
  headers: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string | readonly string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name)));
}
