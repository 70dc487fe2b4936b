import { createHash } from 'node:crypto';
import type { JsonObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { Catalog, ClusterCatalog } from '../catalog.ts';
import type { Exchange } from '../exchange.ts';
import { negotiate } from '../media/negotiate.ts';
import type { PathHandler } from '../pipeline.ts';
import { headersFor, methodNotAllowed, nothingHere, respondText, respondValue } from '../present/respond.ts';
import type { PathRequest } from '../request/request-info.ts';
import { aggregatedDiscovery, aggregatedType, wantsAggregated } from './aggregated-discovery.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery.ts';
import { health, type HealthChecks } from './health.ts';

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
  /** `/openapi/…`; undefined for paths that are none of its. */
  readonly openApi: (exchange: Exchange, catalog: ClusterCatalog) => Promise<Response | undefined>;
}

const NOT_FOUND = '404 page not found\n';

/** Answers everything that is no resource. */
export function createPathHandler(deps: PathDeps): PathHandler {
  return async (exchange, info) => (await answer(deps, exchange, info)) ?? respondText(exchange, 404, NOT_FOUND);
}

async function answer(deps: PathDeps, exchange: Exchange, info: PathRequest): Promise<Response | undefined> {
  const { path, prefix } = exchange;
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
      return undefined;
  }
}

function catalogOf({ catalog }: PathDeps, { cluster }: Exchange): ClusterCatalog {
  if (typeof cluster !== 'string') throw nothingHere();
  return catalog.of(cluster);
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
  const paths = groups.flatMap(({ group, versions }) => {
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

function discovery(deps: PathDeps, exchange: Exchange): Response | undefined {
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

function roots(
  deps: PathDeps,
  exchange: Exchange,
  { catalog, root }: { catalog: ClusterCatalog; root: string },
): Response {
  const aggregated = wantsAggregated(exchange.request.header('accept'));
  const vary = { vary: 'Accept' };
  if (aggregated === undefined) {
    const value = root === 'api' ? apiVersions(catalog, deps.serverAddress()) : apiGroupList(catalog);
    const response = respondDiscovery(exchange, value);
    return { ...response, headers: { ...response.headers, ...vary } };
  }
  const etag = `"${hash(`${root} ${aggregated} ${catalog.tag}`)}"`;
  if (exchange.request.header('if-none-match') === etag)
    return { status: 304, headers: headersFor(exchange, { etag, ...vary }) };
  const value = aggregatedDiscovery(catalog, root === 'api' ? 'core' : 'groups', aggregated);
  const response = respondValue(exchange, { status: 200, value, format: 'json' });
  return { ...response, headers: { ...response.headers, ...vary, etag, 'content-type': aggregatedType(aggregated) } };
}

function respondDiscovery(exchange: Exchange, value: JsonObject): Response {
  const { format, pretty } = negotiate(exchange.request.header('accept'), 'object');
  return respondValue(exchange, { status: 200, value, format, pretty });
}

function hash(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}
