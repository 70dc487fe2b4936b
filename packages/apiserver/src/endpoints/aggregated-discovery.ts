import type { JsonObject } from '@kcp/api-machinery';
import type { ClusterCatalog, ServedGroup } from '../catalog.ts';
import { parseAccept } from '../media/negotiate.ts';
import type { ServedResource, Subresource } from '../served-resource.ts';
import { subresourceVerbs, verbsOf } from './discovery.ts';

/** The versions of aggregated discovery (KEP-3352). */
export type AggregatedVersion = 'v2' | 'v2beta1';

/** Which version of aggregated discovery an Accept header prefers over the plain one; undefined where it asks for none. */
export function wantsAggregated(accept: string | undefined): AggregatedVersion | undefined {
  if (accept === undefined || !accept.includes('APIGroupDiscoveryList')) return undefined;
  for (const { type, parameters } of parseAccept(accept)) {
    const plain = parameters.get('as') === undefined;
    if (plain && (type === 'application/json' || type === 'application/yaml' || type === '*/*')) return undefined;
    const version = parameters.get('v');
    const fits =
      type === 'application/json' &&
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('as') === 'APIGroupDiscoveryList';
    if (fits && (version === 'v2' || version === 'v2beta1')) return version;
  }
  return undefined;
}

/** The Content-Type of an aggregated answer. */
export function aggregatedType(version: AggregatedVersion): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
}

/** All resources of the core group, or of all other groups, in one document. */
export function aggregatedDiscovery(
  catalog: ClusterCatalog,
  part: 'core' | 'groups',
  version: AggregatedVersion,
): JsonObject {
  const groups = catalog.groups.filter(({ group }) => (group === '') === (part === 'core'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(groupItem),
  };
}

function groupItem({ group, versions }: ServedGroup): JsonObject {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(({ version, resources }) => ({
      version,
      resources: resources.map(resourceItem),
      freshness: 'Current',
    })),
  };
}

function resourceItem(resource: ServedResource): JsonObject {
  const { shortNames, categories, subresources } = resource;
  const names = Object.entries(subresources);
  return {
    resource: resource.gvr.resource,
    responseKind: kindOf(resource),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: verbsOf(resource),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(names.length > 0 && {
      subresources: names.map(([name, subresource]) => subresourceItem(resource, name, subresource)),
    }),
  };
}

/** Custom kinds are named in full, built-in ones by their kind alone: the reader fills in the version that it reads of. */
function kindOf({ gvr, kind, origin }: ServedResource): JsonObject {
  return origin === 'custom' ? { group: gvr.group, version: gvr.version, kind } : { group: '', version: '', kind };
}

function subresourceItem(resource: ServedResource, name: string, subresource: Subresource): JsonObject {
  return {
    subresource: name,
    responseKind: subresourceKind(resource, subresource),
    verbs: subresourceVerbs(subresource),
  };
}

function subresourceKind(resource: ServedResource, subresource: Subresource): JsonObject {
  if (subresource.kind === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  if (subresource.kind === 'part') return kindOf(resource);
  const { group, version, kind } = subresource.produces;
  return { group, version, kind };
}
