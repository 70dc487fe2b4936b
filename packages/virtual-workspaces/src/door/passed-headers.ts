/** What becomes of a header on its way through the door. */
export type Fate = 'passed' | 'dropped';

/** One line of the table: headers by their lower-case name, or by how it begins, and why. */
export interface HeaderRule {
  readonly name: string;
  /** True where `name` is only the beginning. */
  readonly begins?: true;
  readonly why: string;
}

/**
 * Headers that end at the door: what only a front proxy may say, what only servers say to each other, and what is about one connection and not
 * the next. All others are the caller's own and go on.
 */
export const endingHeaders: readonly HeaderRule[] = [
  { name: 'x-remote-user', why: 'who somebody is, said by a front proxy' },
  { name: 'x-remote-uid', why: 'who somebody is, said by a front proxy' },
  { name: 'x-remote-group', why: 'who somebody is, said by a front proxy' },
  { name: 'x-remote-extra-', begins: true, why: 'scopes and warrants, said by a front proxy' },
  { name: 'x-kcp-internal-', begins: true, why: 'said among servers' },
  { name: 'x-kubernetes-cluster', why: 'the path says which logical cluster is meant' },
  { name: 'x-forwarded-', begins: true, why: 'who came before, said by a proxy' },
  { name: 'forwarded', why: 'who came before, said by a proxy' },
  { name: 'x-real-ip', why: 'who came before, said by a proxy' },
  { name: 'connection', why: 'about one connection' },
  { name: 'keep-alive', why: 'about one connection' },
  { name: 'proxy-', begins: true, why: 'about one connection' },
  { name: 'te', why: 'about one connection' },
  { name: 'trailer', why: 'about one connection' },
  { name: 'transfer-encoding', why: 'about one connection' },
  { name: 'upgrade', why: 'about one connection' },
  { name: 'sec-websocket-', begins: true, why: 'about one connection' },
  { name: 'http2-settings', why: 'about one connection' },
  { name: 'host', why: 'names the door' },
  { name: 'content-length', why: 'written anew' },
  { name: 'accept-encoding', why: 'the door packs answers itself' },
];

/** Whether a header goes on. Impersonation does: the server asks whether it is allowed. */
export function fateOf(name: string): Fate {
  const ends = endingHeaders.some((rule) => (rule.begins ? name.startsWith(rule.name) : name === rule.name));
  // pseudo headers of HTTP/2
  return ends || name.startsWith(':') ? 'dropped' : 'passed';
}

/** The headers of a request that go on; a repeated one keeps all its lines. */
export function passedHeaders(
  lines: Iterable<readonly [name: string, value: string]>,
): Record<string, string | readonly string[]> {
  const passed = new Map<string, string[]>();
  for (const [name, value] of lines) {
    if (fateOf(name) === 'dropped') continue;
    const known = passed.get(name);
    if (known === undefined) passed.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries(
    [...passed].map(([name, [only = '', ...more]]) => [name, more.length === 0 ? only : [only, ...more]]),
  );
}
