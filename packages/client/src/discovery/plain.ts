import { formatApiVersion, isObject, own, type JsonObject } from '@kcp/api-machinery';
import { textOf } from '../requests/codec.ts';
import { groupVersionPath } from '../requests/resource-path.ts';
import { objectsOf, textsOf } from './aggregated.ts';
import type { ApiCatalog, ApiGroup, ApiResource } from './api-resource.ts';

/** Resource lists that are asked for at once. */
const AT_ONCE = 8;

/** Gets an object of the API by its path. */
export type Get = (path: string) => Promise<JsonObject>;

/** The groups of `/api` (APIVersions) and of `/apis` (APIGroupList), the preferred version of each first. */
export function readGroups(core: JsonObject, named: JsonObject): readonly ApiGroup[] {
  const legacy = textsOf(core, 'versions');
  return [
    ...(legacy.length > 0 ? [{ group: '', versions: legacy }] : []),
    ...objectsOf(named, 'groups').map((group) => ({ group: textOf(group, 'name'), versions: versionsOf(group) })),
  ];
}

function versionsOf(group: JsonObject): readonly string[] {
  const all = objectsOf(group, 'versions').map((entry) => textOf(entry, 'version'));
  const preferred = own(group, 'preferredVersion');
  const first = isObject(preferred) ? textOf(preferred, 'version') : '';
  return all.includes(first) ? [first, ...all.filter((version) => version !== first)] : all;
}

/** Asks for the resources of every version; one that cannot be had is missing, and the others count. */
export async function readPlain(groups: readonly ApiGroup[], get: Get): Promise<ApiCatalog> {
  const wanted = groups.flatMap(({ group, versions }) => versions.map((version) => ({ group, version })));
  const found = new Map<string, readonly ApiResource[]>();
  const missing: string[] = [];
  const queue = [...wanted];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const name = formatApiVersion(next);
      try {
        found.set(name, readResources(await get(groupVersionPath(next)), next));
      } catch {
        missing.push(name);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { groups, resources: wanted.flatMap((one) => found.get(formatApiVersion(one)) ?? []), missing };
}

function readResources(
  list: JsonObject,
  { group, version }: { group: string; version: string },
): readonly ApiResource[] {
  const entries = objectsOf(list, 'resources');
  const parts = entries.map((entry) => textOf(entry, 'name')).filter((name) => name.includes('/'));
  return entries.flatMap((entry) => {
    const resource = textOf(entry, 'name');
    if (resource.includes('/')) return [];
    return {
      group,
      version,
      resource,
      kind: {
        group: textOf(entry, 'group') || group,
        version: textOf(entry, 'version') || version,
        kind: textOf(entry, 'kind'),
      },
      namespaced: own(entry, 'namespaced') === true,
      singularName: textOf(entry, 'singularName'),
      shortNames: textsOf(entry, 'shortNames'),
      categories: textsOf(entry, 'categories'),
      verbs: textsOf(entry, 'verbs'),
      subresources: parts.flatMap((part) => (part.startsWith(`${resource}/`) ? part.slice(resource.length + 1) : [])),
    };
  });
}
