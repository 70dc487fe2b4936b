import { createHash } from 'node:crypto';
import { ApiError, stringifyJson, type JsonObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { LRUCache } from 'lru-cache';
import type { ClusterCatalog, ServedGroup, ServedVersion } from '../../catalog.ts';
import type { Exchange } from '../../exchange.ts';
import { parseAccept } from '../../media/negotiate.ts';
import { headersFor } from '../../present/respond.ts';
import { groupVersionDocument, type SharedSchemas } from './document.ts';
import { Pace } from '../../verbs/breathe.ts';
import { swaggerJson, swaggerProtobuf, type SwaggerForm } from './v2-form.ts';
import { SwaggerWriter } from './v2.ts';

/** A document as it is sent. */
interface Sheet {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
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
    if (path === '/openapi/v2') return respondV2(exchange, (form) => sheets.v2(catalog, form));
    if (path === PREFIX || path === `${PREFIX}/`) return respondSheet(exchange, await sheets.index(catalog));
    if (!path.startsWith(`${PREFIX}/`)) return undefined;
    const sheet = await sheets.of(catalog.groups, path.slice(PREFIX.length + 1));
    return sheet && respondHashed(exchange, sheet);
  };
}

/**
 * The documents of group versions, kept by what they are made of: equal catalogs share them. What is made of many of them is made
 * in pieces, once however many ask for it: hundreds of definitions take a second.
 */
class Sheets {
  readonly #shared: SharedSchemas;
  readonly #kept = new LRUCache<string, Sheet>({ maxSize: KEPT_BYTES, sizeCalculation: ({ length }) => length + 512 });
  readonly #making = new Map<string, Promise<Sheet>>();

  constructor(shared: SharedSchemas) {
    this.#shared = shared;
  }

  v2(catalog: ClusterCatalog, form: SwaggerForm): Promise<Sheet> {
    return this.#keep(`v2 ${form.contentType} ${catalog.tag}`, async () => {
      const pace = new Pace();
      const swagger = new SwaggerWriter(form);
      for (const { group, versions } of catalog.groups) {
        for (const version of versions) {
          await swagger.add(await groupVersionDocument(group, version, this.#shared));
          await pace.turn();
        }
      }
      return sheetOf(swagger.pieces());
    });
  }

  index(catalog: ClusterCatalog): Promise<Sheet> {
    return this.#keep(`v3 ${catalog.tag}`, async () => {
      const { groups } = catalog;
      const paths: Record<string, JsonObject> = {};
      const pace = new Pace();
      for (const key of [...groups.flatMap(groupKeys), 'version']) {
        const sheet = await this.of(groups, key);
        if (sheet) paths[key] = { serverRelativeURL: `${PREFIX}/${key}?hash=${sheet.hash}` };
        await pace.turn();
      }
      return sheetOf([Buffer.from(JSON.stringify({ paths }))]);
    });
  }

  async of(groups: readonly ServedGroup[], key: string): Promise<Sheet | undefined> {
    if (key === 'version') return this.#keep('version', () => documentSheet(versionDocument));
    const [root = '', ...rest] = key.split('/');
    const [group, version] = root === 'api' ? ['', rest[0]] : [rest[0], rest[1]];
    const served = groups
      .find((candidate) => candidate.group === group)
      ?.versions.find((candidate) => candidate.version === version);
    if (served === undefined || group === undefined) return undefined;
    const make = async (): Promise<Sheet> => documentSheet(await groupVersionDocument(group, served, this.#shared));
    return this.#keep(`${key} ${contentKey(served)}`, make);
  }

  async #keep(key: string, make: () => Promise<Sheet>): Promise<Sheet> {
    const known = this.#kept.get(key);
    if (known) return known;
    let making = this.#making.get(key);
    if (making === undefined) {
      making = make().finally(() => this.#making.delete(key));
      this.#making.set(key, making);
    }
    const sheet = await making;
    this.#kept.set(key, sheet);
    return sheet;
  }
}

function documentSheet(document: JsonObject): Promise<Sheet> {
  return sheetOf([Buffer.from(stringifyJson(document))]);
}

async function sheetOf(parts: Iterable<Uint8Array>): Promise<Sheet> {
  const hash = createHash('sha512');
  const pieces: Uint8Array[] = [];
  let length = 0;
  const pace = new Pace();
  for (const piece of parts) {
    hash.update(piece);
    pieces.push(piece);
    length += piece.length;
    await pace.turn();
  }
  return { pieces, length, hash: hash.digest('hex').toUpperCase() };
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

const V2_TYPES: ReadonlyMap<string, SwaggerForm> = new Map([
  ['*/*', swaggerJson],
  ['application/*', swaggerJson],
  [swaggerJson.contentType, swaggerJson],
  [swaggerProtobuf.contentType, swaggerProtobuf],
  // the name that clients know, which is no media type
  ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', swaggerProtobuf],
]);

/** The best form that a client takes (k8s.io/kube-openapi handler). */
async function respondV2(exchange: Exchange, sheetOfForm: (form: SwaggerForm) => Promise<Sheet>): Promise<Response> {
  const accept = exchange.request.header('accept') || '*/*';
  for (const { type } of parseAccept(accept)) {
    const form = V2_TYPES.get(type);
    if (form) return respondPieces(exchange, await sheetOfForm(form), { 'content-type': form.contentType });
  }
  return { status: 406, headers: headersFor(exchange, { vary: 'Accept' }) };
}

function respondSheet(exchange: Exchange, sheet: Sheet, more: Readonly<Record<string, string>> = {}): Response {
  if (!acceptsJson(exchange.request.header('accept'))) return { status: 406, headers: headersFor(exchange, {}) };
  return respondPieces(exchange, sheet, more);
}

function respondPieces(exchange: Exchange, { pieces, hash }: Sheet, more: Readonly<Record<string, string>>): Response {
  const headers = headersFor(exchange, {
    'content-type': 'application/json',
    etag: `"${hash}"`,
    vary: 'Accept',
    ...more,
  });
  if (exchange.request.header('if-none-match') === `"${hash}"`) return { status: 304, headers };
  return { status: 200, headers, body: pieces };
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
