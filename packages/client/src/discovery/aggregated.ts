import { formatApiVersion, isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { textOf } from '../requests/codec.ts';
import type { ApiCatalog, ApiGroup, ApiResource } from './api-resource.ts';

/** What asks for everything at once (KEP-3352), and takes plain discovery from a server that does not know it. */
export const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** True for an answer that is aggregated. */
export function isAggregated(object: JsonObject): boolean {
  return own(object, 'kind') === 'APIGroupDiscoveryList';
}

/** Reads an APIGroupDiscoveryList: a version that the server calls stale is missing. */
export function readAggregated(list: JsonObject): ApiCatalog {
  const groups: ApiGroup[] = [];
  const resources: ApiResource[] = [];
  const missing: string[] = [];
  for (const item of objectsOf(list, 'items')) {
    const metadata = own(item, 'metadata');
    const group = isObject(metadata) ? textOf(metadata, 'name') : '';
    const versions: string[] = [];
    for (const entry of objectsOf(item, 'versions')) {
      const version = textOf(entry, 'version');
      if (textOf(entry, 'freshness') === 'Stale') {
        missing.push(formatApiVersion({ group, version }));
        continue;
      }
      versions.push(version);
      resources.push(...objectsOf(entry, 'resources').flatMap((one) => readResource(one, { group, version })));
    }
    if (versions.length > 0) groups.push({ group, versions });
  }
  return { groups, resources, missing };
}

function readResource(
  entry: JsonObject,
  { group, version }: { group: string; version: string },
): readonly ApiResource[] {
  const kind = own(entry, 'responseKind');
  // One that is only there for its parts has no objects of its own.
  if (!isObject(kind) || textOf(kind, 'kind') === '') return [];
  return [
    {
      group,
      version,
      resource: textOf(entry, 'resource'),
      kind: {
        group: textOf(kind, 'group') || group,
        version: textOf(kind, 'version') || version,
        kind: textOf(kind, 'kind'),
      },
      namespaced: textOf(entry, 'scope') === 'Namespaced',
      singularName: textOf(entry, 'singularResource'),
      shortNames: textsOf(entry, 'shortNames'),
      categories: textsOf(entry, 'categories'),
      verbs: textsOf(entry, 'verbs'),
      subresources: objectsOf(entry, 'subresources').map((one) => textOf(one, 'subresource')),
    },
  ];
}

/** The objects of a list that is a member. */
export function objectsOf(object: JsonObject, name: string): readonly JsonObject[] {
  return listOf(object, name).filter(isObject);
}

/** The texts of a list that is a member. */
export function textsOf(object: JsonObject, name: string): readonly string[] {
  return listOf(object, name).filter((item) => typeof item === 'string');
}

function listOf(object: JsonObject, name: string): readonly Json[] {
  const value = own(object, name);
  return isArray(value) ? value : [];
}
