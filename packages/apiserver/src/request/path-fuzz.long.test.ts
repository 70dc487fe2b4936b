import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import * as fc from 'fast-check';
import { locate } from './cluster-scope.ts';
import { formatContinueToken, parseContinueToken } from './continue-token.ts';
import { Query } from './query.ts';
import { readRequestInfo, type RequestInfo } from './request-info.ts';

const RUNS = { numRuns: 100_000, seed: 20_260_703 };

const piece = fc.constantFrom(
  ...[
    '/',
    '//',
    '/clusters/',
    '/clusters',
    'clusters',
    '*',
    'root',
    'root:org',
    'a',
    'b',
    'system:admin',
    '%2F',
    '%2f',
    '%5c',
    '%2e%2e',
    '..',
    '.',
  ],
  ...[
    '/api/v1',
    '/apis/',
    'apps/v1',
    '/namespaces/',
    'namespaces',
    '/watch/',
    'status',
    'finalize',
    'configmaps',
    '%00',
    '\u0000',
    '%',
    '%z',
    '%25',
  ],
  ...[
    '%252f',
    '%c0%af',
    '%ff',
    ':',
    '%3a',
    '%2A',
    '%20',
    '+',
    '?',
    '#',
    ';',
    '=',
    '&',
    '\\',
    '__proto__',
    'constructor',
    'é',
    '\ud800',
    'x'.repeat(300),
  ],
);
const noise = fc.array(piece, { maxLength: 14 }).map((pieces) => `/${pieces.join('')}`);
const segment = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
const cluster = fc.oneof(
  fc.constant(''),
  segment.map((text) => `/clusters/${text}`),
);
const group = fc.constantFrom('/api/v1', '/apis/apps/v1', '/apis/apps/v1/watch', '/api/v1/watch');
const place = fc.oneof(
  segment.map((name) => `/configmaps/${name}`),
  fc.tuple(segment, segment).map(([namespace, name]) => `/namespaces/${namespace}/configmaps/${name}`),
  fc.tuple(segment, segment).map(([namespace, rest]) => `/namespaces/${namespace}/status/${rest}`),
);
const sound = fc.tuple(cluster, group, place).map((parts) => parts.join(''));
const path = fc.oneof(noise, sound);
const header = fc.option(
  fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
  { nil: undefined },
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'constructor', '__proto__');

const known = new Map([['root:org', 'org-1' as LogicalCluster]]);
const options = { resolve: (text: string) => known.get(text), fallback: 'token-1' as LogicalCluster };

type Locate = typeof locate;
type ReadInfo = typeof readRequestInfo;

/** A request goes to one logical cluster or to all, and to none that its text does not name. */
function checkLocation(find: Locate, text: string, named: string | undefined): void {
  let located: ReturnType<Locate>;
  try {
    located = find(text, named, options);
  } catch (error) {
    if (error instanceof ApiError && error.code < 500) return;
    throw error;
  }
  const { cluster, prefix, path: rest } = located;
  if (prefix + rest !== text && prefix !== text) throw new Error(`${prefix} and ${rest} are not ${text}`);
  if (prefix.slice('/clusters/'.length).includes('/')) throw new Error(`${prefix} is more than one cluster`);
  if (typeof cluster !== 'string') return;
  if (parseName(cluster) !== cluster) throw new Error(`${cluster} is no logical cluster`);
  const said = [prefix === '' ? (named ?? '') : decodeURIComponent(prefix.slice('/clusters/'.length))];
  const means = (word: string): unknown => (word === '' ? options.fallback : (known.get(word) ?? word));
  if (prefix !== '' && named !== undefined && named !== '') said.push(named);
  for (const word of said) if (means(word) !== cluster) throw new Error(`${word} does not mean ${cluster}`);
}

/** Whatever is asked for, its parts are single segments: no namespace reaches into another, no name into a namespace. */
function checkInfo(
  read: ReadInfo,
  request: { method: string; text: string },
  hints: { watch: boolean; selectedName: string },
): void {
  const info: RequestInfo = read(request.method, request.text, hints);
  if (typeof info.verb !== 'string') throw new Error('no verb');
  if (info.kind === 'path') return;
  const { group, version, resource, namespace, name, subresource } = info;
  for (const part of [
    group,
    version,
    resource,
    namespace,
    subresource,
    ...(name === hints.selectedName ? [] : [name]),
  ]) {
    if (part.includes('/')) throw new Error(`${part} holds a slash`);
  }
  if (namespace !== '' && !decodedSegments(request.text).includes(namespace))
    throw new Error(`${namespace} stands nowhere in ${request.text}`);
}

function decodedSegments(text: string): readonly string[] {
  return decodeURIComponent(text).split('/');
}

function finds(check: () => void): void {
  expect(check).toThrow(/Property failed/);
}

describe('the logical cluster of a request', () => {
  const location = (find: Locate) => fc.property(path, header, (text, named) => checkLocation(find, text, named));

  it('is the one that its text names, or none', () => {
    fc.assert(location(locate), RUNS);
  });

  it('finds a reader that lets the header have its way', () => {
    const broken: Locate = (text, named, more) => {
      const found = locate(text, undefined, more);
      return named === 'b' ? { ...found, cluster: 'b' as LogicalCluster } : found;
    };
    finds(() => fc.assert(location(broken), RUNS));
  });

  it('finds a reader that decodes before it looks', () => {
    const broken: Locate = (text, named, more) => locate(text.replaceAll('%2F', '/'), named, more);
    finds(() => fc.assert(location(broken), RUNS));
  });
});

describe('what a request is about', () => {
  const hints = fc.record({ watch: fc.boolean(), selectedName: fc.constantFrom('', 'x', 'a/b') });
  const about = (read: ReadInfo) =>
    fc.property(method, path, hints, (name, text, more) => checkInfo(read, { method: name, text }, more));

  it('can always be said, in parts without slashes', () => {
    fc.assert(about(readRequestInfo), RUNS);
  });

  it('finds a reader whose parts hold escaped slashes', () => {
    const broken: ReadInfo = (verb, text, more) => {
      const info = readRequestInfo(verb, text.replaceAll(/%2f/gi, '\u0001'), more);
      return info.kind === 'path'
        ? info
        : { ...info, name: info.name.replaceAll('\u0001', '/'), namespace: info.namespace.replaceAll('\u0001', '/') };
    };
    finds(() => fc.assert(about(broken), RUNS));
  });
});

describe('queries', () => {
  it('are read whatever they are, and touch no prototype', () => {
    fc.assert(
      fc.property(path, (text) => {
        const query = Query.parse(text);
        for (const name of ['__proto__', 'constructor', 'a'])
          if (typeof query.text(name) !== 'string') throw new Error('no text');
        query.flag('a');
      }),
      RUNS,
    );
  });
});

describe('continue tokens', () => {
  type Parse = typeof parseContinueToken;
  const start = fc
    .array(fc.oneof(piece, fc.constantFrom('a', '/', 'b')), { maxLength: 6 })
    .map((pieces) => pieces.join(''));
  const forged = fc
    .record({ revision: fc.oneof(fc.integer(), fc.double()), after: start })
    .map((token) => formatContinueToken(token));
  const bent = fc
    .tuple(forged, fc.nat(200), fc.string({ maxLength: 3 }))
    .map(([text, at, patch]) => text.slice(0, at) + patch + text.slice(at + patch.length));
  const raw = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
  const token = (parse: Parse) => fc.property(fc.oneof(forged, bent, raw), (text) => checkToken(parse, text));

  function checkToken(parse: Parse, text: string): void {
    let read: ReturnType<Parse>;
    try {
      read = parse(text);
    } catch (error) {
      if (error instanceof ApiError && error.code === 400) return;
      throw error;
    }
    if (!Number.isSafeInteger(read.revision) || read.revision <= 0) throw new Error('no revision');
    if (read.after.startsWith('/') || read.after.split('/').length > 3 || /[\u0000-\u0020]|\/\/|\/$/.test(read.after))
      throw new Error(`no key: ${read.after}`);
  }

  it('are ours or refused', () => {
    fc.assert(token(parseContinueToken), RUNS);
  });

  it('finds a reader that takes any key', () => {
    const broken: Parse = (text) =>
      JSON.parse(
        Buffer.from(text, 'base64url').toString('utf8').replace('"rv"', '"revision"').replace('"start"', '"after"'),
      );
    finds(() => fc.assert(token(broken), RUNS));
  });
});
