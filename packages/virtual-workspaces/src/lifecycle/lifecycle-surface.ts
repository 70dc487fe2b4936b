import { readRequestInfo, type Catalog, type Surface, type SurfacePlace } from '@kcp/apiserver';
import type { Authorizer } from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import { logicalClusters } from '@kcp/tenancy';
import { readLifecyclePlace, type LifecyclePlace } from '../place/lifecycle-place.ts';
import { contentPassage } from './content-passage.ts';
import { lifecycleCatalog } from './lifecycle-catalog.ts';
import type { LifecycleKind } from './lifecycle-kind.ts';
import { lifecycleType } from './lifecycle-type.ts';
import { mayAct } from './may-act.ts';

/** What surfaces of controllers are made of. */
export interface LifecycleDeps {
  readonly store: Pick<ObjectReader, 'synced' | 'get'>;
  /** What the server serves. */
  readonly catalog: Catalog;
  /** The server's own authorizer. */
  readonly authorize: Authorizer;
}

/**
 * `/services/initializingworkspaces/<name>/clusters/<cluster or *>/…` or the same for terminators: the LogicalClusters that wait for one
 * controller, and a way into each of them as long as it waits.
 */
export function lifecycleSurface(kind: LifecycleKind, deps: LifecycleDeps): Surface {
  return {
    name: kind.surface,
    locate: (rest) => {
      const place = readLifecyclePlace(rest);
      return place && located(kind, place, deps);
    },
  };
}

function located(kind: LifecycleKind, { key, cluster, path }: LifecyclePlace, deps: LifecycleDeps): SurfacePlace {
  const authorize = mayAct(kind, lifecycleType(key), deps.authorize);
  const isOne = typeof cluster === 'string';
  if (isOne && !isAboutLogicalClusters(path)) {
    return { cluster, path, authorize, face: contentPassage({ store: deps.store, kind, name: key, cluster }) };
  }
  const catalog = lifecycleCatalog(deps.catalog, { kind, name: key, writable: isOne });
  return { cluster, path, authorize, face: { kind: 'view', catalog, discovery: 'kcp' } };
}

function isAboutLogicalClusters(path: string): boolean {
  const info = readRequestInfo('GET', path, { watch: false, selectedName: '' });
  const { group, resource } = logicalClusters.resource;
  return info.kind === 'resource' && info.group === group && info.resource === resource;
}
