import { formatApiVersion, type JsonObject } from '@kcp/api-machinery';
import type { ClusterCatalog, ServedGroup, ServedVersion } from '../catalog.ts';
import { connectVerbs } from '../verbs/connect.ts';
import type { ServedResource, Subresource } from '../served-resource.ts';

/** `/api`: the versions of the core group; `without`: what is said where there is none. */
export function apiVersions(
  catalog: ClusterCatalog,
  { serverAddress, without }: { readonly serverAddress: string; readonly without: readonly string[] },
): JsonObject {
  const core = catalog.groups.find(({ group }) => group === '');
  return {
    kind: 'APIVersions',
    versions: core?.versions.map(({ version }) => version) ?? without,
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis`: all groups but the core. */
export function apiGroupList(catalog: ClusterCatalog): JsonObject {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: catalog.groups.filter(({ group }) => group !== '').map((group) => groupValue(group)),
  };
}

/** `/apis/<group>`. */
export function apiGroup(group: ServedGroup): JsonObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupValue(group) };
}

function groupValue({ group, versions }: ServedGroup): JsonObject {
  const values = versions.map(({ version }) => ({ groupVersion: formatApiVersion({ group, version }), version }));
  return { name: group, versions: values, ...(values[0] && { preferredVersion: values[0] }) };
}

/** `/api/v1`, `/apis/<group>/<version>`: the resources of a version, each followed by its sub-resources. */
export function apiResourceList(group: string, { version, resources }: ServedVersion): JsonObject {
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: formatApiVersion({ group, version }),
    resources: resources.flatMap((resource) => [resourceValue(resource), ...subresourceValues(resource)]),
  };
}

function resourceValue(resource: ServedResource): JsonObject {
  const { shortNames, categories } = resource;
  return {
    name: resource.gvr.resource,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: verbsOf(resource),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(resource.storageVersionHash !== undefined && { storageVersionHash: resource.storageVersionHash }),
  };
}

function subresourceValues(resource: ServedResource): JsonObject[] {
  return Object.entries(resource.subresources).map(([name, subresource]) => ({
    name: `${resource.gvr.resource}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...typeOf(resource, subresource),
    verbs: orNull(subresourceVerbs(subresource)),
  }));
}

function typeOf(resource: ServedResource, subresource: Subresource): JsonObject {
  if (subresource.kind === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  if (subresource.kind === 'part') return { kind: resource.kind };
  const { group, version, kind } = subresource.produces;
  const own = subresource.kind === 'connect' && group === resource.gvr.group && version === resource.gvr.version;
  return own ? { kind } : { group, version, kind };
}

/** The verbs of a sub-resource, as discovery lists them. */
export function subresourceVerbs(subresource: Subresource): readonly string[] {
  if (subresource.kind === 'create') return ['create'];
  if (subresource.kind === 'connect') return connectVerbs(subresource.methods);
  return (subresource.kind === 'part' ? subresource.verbs : undefined) ?? ['get', 'patch', 'update'];
}

/** The verbs of a resource; one that only answers can only be created. */
export function verbsOf(resource: ServedResource): readonly string[] {
  return resource.answer ? ['create'] : resource.verbs;
}

/** No verbs at all are null, as Go writes a list that was never made. */
function orNull(verbs: readonly string[]): readonly string[] | null {
  return verbs.length === 0 ? null : verbs;
}
