import { createHash } from 'node:crypto';
import { ApiError, stringifyJson, type JsonObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { LRUCache } from 'lru-cache';
import type { ClusterCatalog, ServedGroup, ServedVersion } from '../../catalog.ts';
import type { Exchange } from '../../exchange.ts';
import { parseAccept } from '../../media/negotiate.ts';
import { headersFor } from '../../present/respond.ts';
import { groupVersionDocument, type SharedSchemas } from './document.ts';
import { swagger } from './v2.ts';

/** A document as it is sent. */
interface Sheet {
  readonly bytes: Buffer;
  /** SHA-512, upper-case hexadecimal: the hash of URLs and Etags. */
  readonly hash: string;
}

/** The most bytes of documents that are kept; what falls out is written anew when it is asked for. */
const KEPT_BYTES = 64 * 1024 * 1024;
const A_YEAR_MS = 365 * 24 * 3600 * 1000;
const PREFIX = '/openapi/v3';

/** Answers `/openapi/v2`, `/openapi/v3` and the documents below it; undefined for other paths. */
export function createOpenApi(
  shared: SharedSchemas,
): (exchange: Exchange, catalog: ClusterCatalog) => Promise<Response | undefined> {
  const sheets = new Sheets(shared);
  return async (exchange, catalog) => {
    const { path } = exchange;
    if (path === '/openapi/v2') return respondSheet(exchange, sheets.v2(catalog));
    if (path === PREFIX || path === `${PREFIX}/`) return respondSheet(exchange, sheets.index(catalog));
    if (!path.startsWith(`${PREFIX}/`)) return undefined;
    const sheet = sheets.of(catalog, path.slice(PREFIX.length + 1));
    return sheet && respondHashed(exchange, sheet);
  };
}

/** The documents of group versions, kept by what they are made of: equal catalogs share them. */
class Sheets {
  readonly #shared: SharedSchemas;
  readonly #kept = new LRUCache<string, Sheet>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length + 512,
  });

  constructor(shared: SharedSchemas) {
    this.#shared = shared;
  }

  v2(catalog: ClusterCatalog): Sheet {
    return this.#keep(`v2 ${catalog.tag}`, () => {
      const documents = catalog.groups.flatMap(({ group, versions }) =>
        versions.map((version) => groupVersionDocument(group, version, this.#shared)),
      );
      return swagger(documents);
    });
  }

  index(catalog: ClusterCatalog): Sheet {
    return this.#keep(`v3 ${catalog.tag}`, () => {
      const keys = [...catalog.groups.flatMap(groupKeys), 'version'];
      const paths = keys.flatMap((key) => {
        const sheet = this.of(catalog, key);
        return sheet ? [[key, { serverRelativeURL: `${PREFIX}/${key}?hash=${sheet.hash}` }] as const] : [];
      });
      return { paths: Object.fromEntries(paths) };
    });
  }

  of(catalog: ClusterCatalog, key: string): Sheet | undefined {
    if (key === 'version') return this.#keep('version', () => versionDocument);
    const [root = '', ...rest] = key.split('/');
    const [group, version] = root === 'api' ? ['', rest[0]] : [rest[0], rest[1]];
    const served = catalog.groups
      .find((candidate) => candidate.group === group)
      ?.versions.find((candidate) => candidate.version === version);
    if (served === undefined || group === undefined) return undefined;
    return this.#keep(`${key} ${contentKey(served)}`, () => groupVersionDocument(group, served, this.#shared));
  }

  #keep(key: string, make: () => JsonObject): Sheet {
    const known = this.#kept.get(key);
    if (known) return known;
    const bytes = Buffer.from(stringifyJson(make()));
    const sheet = { bytes, hash: createHash('sha512').update(bytes).digest('hex').toUpperCase() };
    this.#kept.set(key, sheet);
    return sheet;
  }
}

function groupKeys({ group, versions }: ServedGroup): readonly string[] {
  return versions.map(({ version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`));
}

/** What a group version's document depends on. */
function contentKey({ resources }: ServedVersion): string {
  const parts = resources.map(
    ({ gvr, fingerprint, definition, kind }) => `${gvr.resource} ${kind} ${fingerprint} ${definition?.hash ?? ''}`,
  );
  return createHash('sha256').update(parts.join('\n')).digest('base64');
}

const versionDocument: JsonObject = {
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: 'unversioned' },
  paths: {
    '/version/': {
      get: {
        description: 'get the version information for this server',
        operationId: 'getCodeVersion',
        responses: { '200': { description: 'OK' }, '401': { description: 'Unauthorized' } },
      },
    },
  },
  components: { schemas: {} },
};

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '') return true;
  return parseAccept(accept).some(
    ({ type }) => type === '*/*' || type === 'application/*' || type === 'application/json',
  );
}

function respondSheet(
  exchange: Exchange,
  { bytes, hash }: Sheet,
  more: Readonly<Record<string, string>> = {},
): Response {
  if (!acceptsJson(exchange.request.header('accept'))) return { status: 406, headers: headersFor(exchange, {}) };
  const headers = headersFor(exchange, {
    'content-type': 'application/json',
    etag: `"${hash}"`,
    vary: 'Accept',
    ...more,
  });
  if (exchange.request.header('if-none-match') === `"${hash}"`) return { status: 304, headers };
  return { status: 200, headers, body: bytes };
}

/** Under its right hash a document may be kept for good; a wrong hash leads to the right one. */
function respondHashed(exchange: Exchange, sheet: Sheet): Response {
  const asked = exchange.query.text('hash');
  if (exchange.request.method !== 'GET')
    throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {
      details: {},
    });
  if (asked === '') return respondSheet(exchange, sheet);
  if (asked !== sheet.hash) {
    return {
      status: 301,
      headers: headersFor(exchange, { location: `${exchange.prefix}${exchange.path}?hash=${sheet.hash}` }),
    };
  }
  const expires = new Date(exchange.received + A_YEAR_MS).toUTCString();
  return respondSheet(exchange, sheet, { 'cache-control': 'public, immutable', expires });
}
