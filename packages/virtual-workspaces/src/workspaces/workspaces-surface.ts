import { ApiError } from '@kcp/api-machinery';
import type { Catalog, ClusterCatalog, ResolvePath, ServedResource, Surface, SurfacePlace } from '@kcp/apiserver';
import { AUTHENTICATED, MASTERS, type Authorizer } from '@kcp/auth';
import { asName, wildcard, type ClusterScope, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { workspaces } from '@kcp/tenancy';
import { entrance, type EntranceParts } from './entrance.ts';
import { entryReader, type EntryDeps } from './entry-reader.ts';
import { readWorkspacesPlace, type EntryScope } from './workspaces-place.ts';

/** What the surface of workspaces is made of. */
export interface WorkspacesDeps extends EntranceParts {
  readonly store: ObjectReader;
  /** What the server serves. */
  readonly catalog: Catalog;
  readonly resolvePath: ResolvePath;
}

/** Where a path leads that leads nowhere: no logical cluster is called so, and nobody has a right there. */
const NOWHERE = 'system:nowhere' as LogicalCluster;

/**
 * `/services/workspaces/<cluster, path or *>/<personal or all>/…`: the Workspaces below a logical cluster, or anywhere, that the caller may enter,
 * whether or not they may enter what these are below. Workspaces are made and removed through `personal`, as by an ordinary request.
 */
export function workspacesSurface(deps: WorkspacesDeps): Surface {
  const entries: EntryDeps = {
    store: deps.store,
    entrance: entrance(deps, deps.store),
    entranceOf: (store) => entrance(deps, store),
  };
  const catalog = workspacesCatalog(deps.catalog);
  return {
    name: 'workspaces',
    locate: (rest, method) => {
      const place = readWorkspacesPlace(rest);
      if (place === undefined) return undefined;
      const { path, scope } = place;
      const cluster = clusterOf(place.below, deps.resolvePath);
      const writes = typeof cluster === 'string' && !READS.has(method);
      const reader: NonNullable<Extract<SurfacePlace['face'], { kind: 'view' }>['reader']> = ({ user }) =>
        entryReader(entries, { user, scope });
      return {
        cluster,
        path,
        authorize: signedIn,
        face: writes ? asThemselves(scope) : { kind: 'view', catalog, reader },
      };
    },
  };
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function clusterOf(below: ClusterScope, resolve: ResolvePath): SurfacePlace['cluster'] {
  return below.kind === 'wildcard' ? wildcard : (asName(below.path) ?? resolve(below.path) ?? NOWHERE);
}

/** Everybody may ask what they may enter. */
const signedIn: Authorizer = ({ user: { groups } }) =>
  groups.includes(AUTHENTICATED) || groups.includes(MASTERS)
    ? { kind: 'allow', reason: '' }
    : { kind: 'noOpinion', reason: '' };

function asThemselves(scope: EntryScope): SurfacePlace['face'] {
  return {
    kind: 'passage',
    enter: ({ user, info }) => {
      if (scope !== 'personal')
        throw new ApiError('Forbidden', `${info.verb} is only possible in the personal workspaces scope`, {
          details: {},
        });
      const { group, resource } = workspaces.resource;
      if (info.kind !== 'resource' || info.group !== group || info.resource !== resource)
        throw new ApiError('NotFound', 'the server could not find the requested resource', { details: {} });
      return user;
    },
  };
}

function workspacesCatalog(served: Catalog): Catalog {
  const { group, version, resource: plural } = workspaces.resource;
  const whole = (): ServedResource | undefined => served.across(group, version, plural);
  const find: ClusterCatalog['find'] = (g, v, r) =>
    g === group && v === version && r === plural ? narrowed(whole()) : undefined;
  const catalog: ClusterCatalog = {
    tag: 'workspaces',
    get groups() {
      const resource = narrowed(whole());
      return resource === undefined
        ? []
        : [{ group, origin: 'custom', versions: [{ version, resources: [resource] }] } as const];
    },
    find,
  };
  return { of: () => catalog, across: find };
}

function narrowed(whole: ServedResource | undefined): ServedResource | undefined {
  return whole && { ...whole, verbs: ['get', 'list', 'watch'], subresources: {} };
}
