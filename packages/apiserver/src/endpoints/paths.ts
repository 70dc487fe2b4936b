import { createHash } from 'node:crypto';
import type { JsonObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { systemAdmin } from '@kcp/logical-cluster';
import type { Catalog, ClusterCatalog } from '../catalog.ts';
import { ownerOf, type Exchange } from '../exchange.ts';
import { negotiate } from '../media/negotiate.ts';
import type { PathHandler } from '../pipeline.ts';
import {
  headersFor,
  methodNotAllowed,
  nothingHere,
  respondBytes,
  respondText,
  respondValue,
  wantsPretty,
} from '../present/respond.ts';
import type { PathRequest } from '../request/request-info.ts';
import { aggregatedDiscovery, aggregatedType, wantsAggregated } from './aggregated-discovery.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery.ts';
import { health, type HealthChecks } from './health.ts';
import { KeptDocuments } from './kept-documents.ts';

/** What the paths that are no resources are answered with. */
export interface PathDeps {
  readonly catalog: Catalog;
  readonly checks: HealthChecks;
  /** The value of `/version`. */
  readonly version: JsonObject;
  /** `host:port` as clients reach it. */
  readonly serverAddress: () => string;
  /** The text of `/metrics` and its Content-Type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  /** Further documents by their path: the keys and the configuration of the service-account issuer. */
  readonly documents: ReadonlyMap<string, JsonObject>;
  /** `/openapi/…`; undefined for paths that are none of its. */
  readonly openApi: (exchange: Exchange, catalog: ClusterCatalog) => Promise<Response | undefined>;
}

interface Deps extends PathDeps {
  readonly kept: KeptDocuments;
}

const NOT_FOUND = '404 page not found\n';

/** Answers everything that is no resource. */
export function createPathHandler(parts: PathDeps): PathHandler {
  const deps: Deps = { ...parts, kept: new KeptDocuments() };
  return async (exchange, info) => (await answer(deps, exchange, info)) ?? respondText(exchange, 404, NOT_FOUND);
}

async function answer(deps: Deps, exchange: Exchange, info: PathRequest): Promise<Response | undefined> {
  const { path, prefix, cluster } = exchange;
  if (typeof cluster === 'string') await catalogFor(deps, exchange).prepare?.(cluster, 'all');
  const first = path.split('/')[1] ?? '';
  switch (first) {
    case '':
      return path === '/' && info.verb === 'get' ? index(deps, exchange) : undefined;
    case 'healthz':
    case 'livez':
    case 'readyz':
      return health(exchange, deps.checks);
    case 'version':
      return version(deps, exchange, path);
    case 'metrics':
      return prefix === ''
        ? metrics(deps, exchange)
        : respondText(exchange, 501, 'shard-level endpoint not available at workspace scope\n');
    case 'openapi':
      return deps.openApi(exchange, catalogOf(deps, exchange));
    case 'api':
    case 'apis':
      return discovery(deps, exchange);
    default:
      return document(deps, exchange, info);
  }
}

function document({ documents }: PathDeps, exchange: Exchange, info: PathRequest): Response | undefined {
  const value = info.verb === 'get' ? documents.get(exchange.path) : undefined;
  return value && respondValue(exchange, { status: 200, value, format: 'json' });
}

function catalogOf(deps: PathDeps, exchange: Exchange): ClusterCatalog {
  const { cluster } = exchange;
  // to all logical clusters at once only what each of them has can be shown
  return catalogFor(deps, exchange).of(typeof cluster === 'string' ? cluster : systemAdmin);
}

function catalogFor({ catalog }: PathDeps, { place }: Exchange): Catalog {
  return place?.face.kind === 'view' ? place.face.catalog : catalog;
}

function version({ version: value }: PathDeps, exchange: Exchange, path: string): Response {
  if (path !== '/version' && path !== '/version/') throw nothingHere();
  if (exchange.request.method !== 'GET') throw methodNotAllowed();
  return respondValue(exchange, { status: 200, value, format: 'json', pretty: true });
}

async function metrics(deps: PathDeps, exchange: Exchange): Promise<Response> {
  const { text, contentType } = await deps.metrics();
  return { status: 200, headers: headersFor(exchange, { 'content-type': contentType }), body: Buffer.from(text) };
}

function index(deps: PathDeps, exchange: Exchange): Response {
  const { groups } = catalogOf(deps, exchange);
  // kinds that somebody defined are found by discovery only
  const builtins = groups.filter(({ origin }) => origin === 'builtin');
  const paths = builtins.flatMap(({ group, versions }) => {
    const base = group === '' ? '/api' : `/apis/${group}`;
    return [base, ...versions.map(({ version: name }) => `${base}/${name}`)];
  });
  const fixed = ['/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];
  return respondValue(exchange, {
    status: 200,
    value: { paths: [...paths, ...fixed].sort() },
    format: 'json',
    pretty: true,
  });
}

function discovery(deps: Deps, exchange: Exchange): Response | undefined {
  const catalog = catalogOf(deps, exchange);
  const [root = '', ...rest] = exchange.path.split('/').filter((segment) => segment !== '');
  if (exchange.request.method !== 'GET') throw methodNotAllowed();
  if (rest.length === 0) return roots(deps, exchange, { catalog, root });
  const [groupName, versionName] = root === 'api' ? ['', rest[0]] : [rest[0], rest[1]];
  const group = catalog.groups.find(({ group: name }) => name === groupName);
  if (root === 'apis' && (group === undefined || groupName === '')) return undefined;
  if (group !== undefined && versionName === undefined) return respondDiscovery(exchange, apiGroup(group));
  const served = group?.versions.find(({ version: name }) => name === versionName);
  if (served !== undefined && groupName !== undefined)
    return respondDiscovery(exchange, apiResourceList(groupName, served));
  if (root === 'api' || group?.origin === 'builtin') throw nothingHere();
  return undefined;
}

function roots(deps: Deps, exchange: Exchange, { catalog, root }: { catalog: ClusterCatalog; root: string }): Response {
  const asKcp = exchange.place?.face.kind === 'view' && exchange.place.face.discovery === 'kcp';
  const aggregated = asKcp ? undefined : wantsAggregated(exchange.request.header('accept'));
  const vary = { vary: 'Accept' };
  if (aggregated === undefined) {
    const core = { serverAddress: deps.serverAddress(), without: asKcp ? ['v1'] : [] };
    const value = root === 'api' ? apiVersions(catalog, core) : apiGroupList(catalog);
    const response = respondDiscovery(exchange, value);
    return { ...response, headers: { ...response.headers, ...vary } };
  }
  const etag = `"${hash(`${root} ${aggregated} ${catalog.tag}`)}"`;
  if (exchange.request.header('if-none-match') === etag)
    return { status: 304, headers: headersFor(exchange, { etag, ...vary }) };
  const make = () => aggregatedDiscovery(catalog, root === 'api' ? 'core' : 'groups', aggregated);
  const response = wantsPretty(exchange)
    ? respondValue(exchange, { status: 200, value: make(), format: 'json' })
    : respondBytes(exchange, 200, deps.kept.get(etag, ownerOf(exchange), make));
  return { ...response, headers: { ...response.headers, ...vary, etag, 'content-type': aggregatedType(aggregated) } };
}

function respondDiscovery(exchange: Exchange, value: JsonObject): Response {
  const { format, pretty } = negotiate(exchange.request.header('accept'), 'object', 'any');
  return respondValue(exchange, { status: 200, value, format, pretty });
}

function hash(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}
