import type { Catalog, ClusterCatalog, ServedResource, Subresource } from '@kcp/apiserver';
import { logicalClusters } from '@kcp/tenancy';
import { guardStatus } from './guard-status.ts';
import { waitsFor, type LifecycleKind } from './lifecycle-kind.ts';

/** What a surface of one controller is made of. */
export interface LifecycleView {
  readonly kind: LifecycleKind;
  readonly name: string;
  /** False for all logical clusters at once: there is nothing to write then. */
  readonly writable: boolean;
}

/** LogicalClusters that wait for one controller, and nothing else. */
export function lifecycleCatalog(served: Catalog, view: LifecycleView): Catalog {
  const { group, version, resource: plural } = logicalClusters.resource;
  const whole = served.across(group, version, plural);
  const resource = whole && narrowed(whole, view);
  const find = (...[g, v, r]: Parameters<ClusterCatalog['find']>): ServedResource | undefined =>
    g === group && v === version && r === plural ? resource : undefined;
  const groups =
    resource === undefined
      ? []
      : [{ group, origin: 'custom', versions: [{ version, resources: [resource] }] } as const];
  // the documents are those of any controller: what differs is which objects there are
  const catalog: ClusterCatalog = { tag: `${view.kind.surface} ${view.writable}`, groups, find };
  return { of: () => catalog, across: find };
}

function narrowed(whole: ServedResource, { kind, name, writable }: LifecycleView): ServedResource {
  const { status } = whole.subresources;
  return {
    ...whole,
    verbs: ['get', 'list', 'watch'],
    visible: (object) => waitsFor(kind, name, object),
    subresources: status?.kind === 'part' ? { status: guarded(status, { kind, name, writable }) } : {},
  };
}

function guarded(status: Extract<Subresource, { kind: 'part' }>, { kind, name, writable }: LifecycleView): Subresource {
  if (!writable) return { ...status, verbs: [] };
  return { ...status, strategy: guardStatus(kind, name, status.strategy) };
}
