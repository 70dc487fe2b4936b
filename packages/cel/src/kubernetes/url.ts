import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { asInstance, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { stringMap } from '../values/map.ts';
import { opaqueType } from '../values/type.ts';
import { ArrayList, OpaqueValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';

const urlType = opaqueType('kubernetes.URL');

class Url extends OpaqueValue {
  readonly type = urlType;
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(text: string, parts: { scheme: string; host: string; path: string; query: string }) {
    super();
    this.text = text;
    this.scheme = parts.scheme;
    this.host = parts.host;
    this.path = parts.path;
    this.query = parts.query;
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Url && other.text === this.text;
  }

  override size(): number {
    return this.text.length;
  }
}

/** Reads what Go's url.ParseRequestURI reads: an absolute URI or an absolute path; a text says what is wrong. */
export function parseRequestUri(text: string): Url | string {
  const fail = (why: string): string => `parse ${JSON.stringify(text)}: ${why}`;
  if (text === '') return fail('empty url');
  if (/[\u0000-\u001f\u007f]/.test(text)) return fail('net/url: invalid control character in URL');
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(text) ?? [];
  const [before = '', ...queries] = rest.split('?');
  if (!before.startsWith('/')) {
    if (scheme === '') return fail('invalid URI for request');
    return new Url(text, { scheme: scheme.toLowerCase(), host: '', path: '', query: queries.join('?') });
  }
  const withHost = scheme !== '' && before.startsWith('//') && !before.startsWith('///');
  const end = withHost ? before.indexOf('/', 2) : 0;
  const authority = withHost ? before.slice(2, end < 0 ? undefined : end) : '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const path = withHost && end < 0 ? '' : before.slice(end);
  const wrong = badHost(host) ?? badEscape(path);
  if (wrong !== undefined) return fail(wrong);
  return new Url(text, { scheme: scheme.toLowerCase(), host, path: escapePath(path), query: queries.join('?') });
}

function badHost(host: string): string | undefined {
  const port = /^(?:\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/s.exec(host);
  if (port === null)
    return host.startsWith('[')
      ? "missing ']' in host"
      : `invalid port ${JSON.stringify(`:${host.split(':').slice(-1)[0] ?? ''}`)} after host`;
  if (port[1] !== undefined && !/^\d*$/.test(port[1]))
    return `invalid port ${JSON.stringify(`:${port[1]}`)} after host`;
  const odd = /[\s<>"\\^`{|}]/.exec(host);
  return odd === null ? badEscape(host) : `invalid character ${JSON.stringify(odd[0])} in host name`;
}

function badEscape(text: string): string | undefined {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  return bad === null ? undefined : `invalid URL escape ${JSON.stringify(bad[0])}`;
}

function escapePath(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, (c) => encodeURIComponent(c));
}

function queryOf(url: Url): Value {
  const values = new Map<string, string[]>();
  for (const pair of url.query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const at = pair.indexOf('=');
    const key = unescapeQuery(at < 0 ? pair : pair.slice(0, at));
    const value = unescapeQuery(at < 0 ? '' : pair.slice(at + 1));
    if (key === undefined || value === undefined) continue;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return stringMap([...values].map(([key, list]) => [key, new ArrayList(list)] as const));
}

function unescapeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function urlFrom(text: string): Value {
  const url = parseRequestUri(text);
  if (typeof url === 'string') throw new Fault(`URL parse error during conversion from string: ${url}`);
  return url;
}

function read(part: (url: Url) => Value): (value: Value | undefined) => Value {
  return (value) => part(asInstance(Url, value));
}

const u = 'kubernetes.URL';

/** URLs (k8s.io/apiserver/pkg/cel/library urls.go). */
export const urlLibrary: Library = {
  name: 'kubernetes.urls',
  types: [urlType],
  functions: [
    declare('url', ['string_to_url', `(string) -> ${u}`, (a) => urlFrom(asString(a))]),
    declare('isURL', ['is_url_string', '(string) -> bool', (a) => typeof parseRequestUri(asString(a)) !== 'string']),
    declare('getScheme', ['url_get_scheme', `${u}.() -> string`, read((url) => url.scheme)]),
    declare('getHost', ['url_get_host', `${u}.() -> string`, read((url) => url.host)]),
    declare('getHostname', [
      'url_get_hostname',
      `${u}.() -> string`,
      read((url) => url.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')),
    ]),
    declare('getPort', ['url_get_port', `${u}.() -> string`, read((url) => /:(\d*)$/.exec(url.host)?.[1] ?? '')]),
    declare('getEscapedPath', ['url_get_escaped_path', `${u}.() -> string`, read((url) => url.path)]),
    declare('getQuery', ['url_get_query', `${u}.() -> map(string, list(string))`, read(queryOf)]),
  ],
};
