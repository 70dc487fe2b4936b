import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import type { ObjectReader } from '@kcp/object-store';
import { apiBindings, logicalClusters } from '../buckets.ts';
import { pathOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { PATH_ANNOTATION } from '../well-known.ts';
import { withAnnotation } from './annotations.ts';
import { isAbout, refused } from './subject.ts';

/** Kinds whose objects always say where they are: they are referred to by path. */
const ALWAYS: ReadonlySet<string> = new Set([
  'apiexports.apis.kcp.io',
  'apibindings.apis.kcp.io',
  'clustercachedresources.cache.kcp.io',
  'workspacetypes.tenancy.kcp.io',
]);

/** Where objects say the path that they are at, it is that of their logical cluster (kcp's kcp.io/PathAnnotation). */
export function pathAnnotation(store: Pick<ObjectReader, 'get'>): AdmissionPlugin {
  return {
    name: 'kcp.io/PathAnnotation',
    mutate: (attributes) => {
      const { object, operation } = attributes;
      if (object === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return object;
      if (isAbout(attributes, logicalClusters)) return object;
      const said = object.metadata.annotations?.[PATH_ANNOTATION];
      if (said === undefined && !isAlways(attributes)) return object;
      const cluster = storedLogicalCluster(store, attributes.cluster);
      if (cluster === undefined) {
        if (isAbout(attributes, apiBindings)) return object;
        throw refused(attributes, 'cannot get this workspace: logicalclusters.core.kcp.io "cluster" not found');
      }
      return withAnnotation(object, PATH_ANNOTATION, pathOf(cluster.decode(), attributes.cluster));
    },
  };
}

function isAlways({ resource }: AdmissionAttributes): boolean {
  return ALWAYS.has(`${resource.resource}.${resource.group}`);
}
