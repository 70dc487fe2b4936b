import { createHash } from 'node:crypto';
import { ApiError, stringifyJson, type JsonObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { ClusterCatalog, ServedGroup, ServedVersion } from '../../catalog.ts';
import { ownerOf, type Exchange } from '../../exchange.ts';
import { parseAccept } from '../../media/negotiate.ts';
import { headersFor } from '../../present/respond.ts';
import { groupVersionDocument, type SharedSchemas } from './document.ts';
import { KeptSheets, type Sheet } from './kept-sheets.ts';
import { Pace } from '../../verbs/breathe.ts';
import { swaggerJson, swaggerProtobuf, type SwaggerForm } from './v2-form.ts';
import { SwaggerWriter } from './v2.ts';

/**
 * The most bytes of documents that are kept, of which no logical cluster has more than a quarter made; what falls out is written
 * anew when it is asked for.
 */
const KEPT_BYTES = 128 * 1024 * 1024;
/** Whose the documents are that every logical cluster has. */
const EVERYBODY = '';
const A_YEAR_MS = 365 * 24 * 3600 * 1000;
const PREFIX = '/openapi/v3';

/** Answers `/openapi/v2`, `/openapi/v3` and the documents below it; undefined for other paths. */
export function createOpenApi(
  shared: SharedSchemas,
): (exchange: Exchange, catalog: ClusterCatalog) => Promise<Response | undefined> {
  const kept = new KeptSheets(KEPT_BYTES);
  return async (exchange, catalog) => {
    const { path } = exchange;
    const sheets = new Sheets({ shared, kept, owner: ownerOf(exchange) });
    if (path === '/openapi/v2') return respondV2(exchange, (form) => sheets.v2(catalog, form));
    if (path === PREFIX || path === `${PREFIX}/`) return respondSheet(exchange, await sheets.index(catalog));
    if (!path.startsWith(`${PREFIX}/`)) return undefined;
    const sheet = await sheets.of(catalog.groups, path.slice(PREFIX.length + 1));
    return sheet && respondHashed(exchange, sheet);
  };
}

/**
 * The documents of group versions, as one logical cluster asks for them, kept by what they are made of: equal catalogs share
 * them. What is made of many of them is made in pieces: hundreds of definitions take a second.
 */
class Sheets {
  readonly #shared: SharedSchemas;
  readonly #kept: KeptSheets;
  readonly #owner: string;

  constructor({ shared, kept, owner }: { shared: SharedSchemas; kept: KeptSheets; owner: string }) {
    this.#shared = shared;
    this.#kept = kept;
    this.#owner = owner;
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
    if (key === 'version') return this.#keep('version', () => documentSheet(versionDocument), EVERYBODY);
    const [root = '', ...rest] = key.split('/');
    const [group, version] = root === 'api' ? ['', rest[0]] : [rest[0], rest[1]];
    const served = groups
      .find((candidate) => candidate.group === group)
      ?.versions.find((candidate) => candidate.version === version);
    if (served === undefined || group === undefined) return undefined;
    const make = async (): Promise<Sheet> => documentSheet(await groupVersionDocument(group, served, this.#shared));
    const isCustom = served.resources.some(({ definition }) => definition !== undefined);
    return this.#keep(`${key} ${contentKey(served)}`, make, isCustom ? this.#owner : EVERYBODY);
  }

  #keep(key: string, make: () => Promise<Sheet>, owner = this.#owner): Promise<Sheet> {
    return this.#kept.keep(key, owner, make);
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
