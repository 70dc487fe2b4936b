import type { ObjectReader } from '@kcp/object-store';
import type { Catalog } from '../catalog.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request/request-info.ts';

/** How much work a request is thought to be. */
export interface RequestSize {
  /** As a multiple of reading one object. */
  readonly cost: number;
  /** What it holds while it is under way. */
  readonly seats: number;
}

/** What sizes are found out from. */
export interface SizingDeps {
  readonly store: ObjectReader;
  readonly catalog: Catalog;
}

/** Measured: a create costs what three reads cost, a patch four (docs/measured.md). */
const COSTS: Readonly<Record<string, number>> = { create: 3, update: 3, patch: 4, delete: 3 };
/** Discovery and OpenAPI documents. */
const PATH_COST = 2;
/** Objects of a list that cost what one read costs. */
const OBJECTS_PER_READ = 12;
/** Bytes of a body that cost what one read costs. */
const BYTES_PER_READ = 8 * 1024;
/** Beyond this many, a list is as large as can be said: counting goes no further. */
const COUNTED = 10_000;
/** Objects of a list that hold a seat: of the largest lists a logical cluster has three under way with the default limits. */
const OBJECTS_PER_SEAT = 250;

const ONE_READ: RequestSize = { cost: 1, seats: 1 };
const ONE_PATH: RequestSize = { cost: PATH_COST, seats: 1 };

/** Estimates the work of a request from its verb, its declared body, and for collections how many objects are stored. */
export function sizeOf(exchange: Exchange, deps: SizingDeps): RequestSize {
  const { info, request } = exchange;
  if (info.kind === 'path') return ONE_PATH;
  if (info.verb === 'get') return ONE_READ;
  if (info.name === '' && (info.verb === 'list' || showsPresent(exchange, info) || info.verb === 'deletecollection')) {
    const objects = countObjects(exchange, info, deps);
    const each = info.verb === 'deletecollection' ? (COSTS['delete'] ?? 1) : 1 / OBJECTS_PER_READ;
    return { cost: 1 + Math.floor(objects * each), seats: 1 + Math.floor(objects / OBJECTS_PER_SEAT) };
  }
  const bytes = Number(request.header('content-length') ?? 0);
  const extra = Number.isSafeInteger(bytes) && bytes > 0 ? Math.floor(bytes / BYTES_PER_READ) : 0;
  return { cost: (COSTS[info.verb] ?? 1) + extra, seats: 1 };
}

/** True for a watch that begins with what is there (KEP-3157, and watches without a resourceVersion). */
function showsPresent({ query }: Exchange, { verb }: ResourceRequest): boolean {
  if (verb !== 'watch') return false;
  if (query.flag('sendInitialEvents')) return true;
  const version = query.text('resourceVersion');
  return version === '' || version === '0';
}

function countObjects({ cluster, query }: Exchange, info: ResourceRequest, { store, catalog }: SizingDeps): number {
  // a selector is asked of every object, whatever the limit
  const isSelective = query.has('labelSelector') || query.has('fieldSelector');
  const asked = isSelective ? 0 : Number(query.text('limit'));
  const most = asked > 0 ? Math.min(Math.ceil(asked), COUNTED) : COUNTED;
  if (typeof cluster !== 'string') return most;
  // deriving what is served is work that waits for its turn too
  if (catalog.prepare?.(cluster, 'one')) return most;
  const resource = catalog.of(cluster).find(info.group, info.version, info.resource);
  if (resource === undefined || resource.answer !== undefined) return 0;
  const namespace = resource.namespaced ? info.namespace : '';
  return store.count({ bucket: resource.bucket, cluster, namespace, limit: most });
}
