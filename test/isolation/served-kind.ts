import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';

/** One resource that discovery tells of. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
}

/** Fetches an object by its path within a logical cluster. */
export type Fetch = (path: string) => Promise<JsonObject>;

/** All resources that a logical cluster serves, built-in and custom, in every version. */
export async function discover(fetch: Fetch): Promise<readonly ServedKind[]> {
  const groups = items(await fetch('/apis'), 'groups');
  const named = groups.flatMap((group) => items(group, 'versions').map((version) => text(version, 'groupVersion')));
  const found: ServedKind[] = [];
  for (const groupVersion of ['v1', ...new Set(named)]) {
    const list = await fetch(groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`);
    found.push(...kindsOf(groupVersion, items(list, 'resources')));
  }
  return found;
}

function kindsOf(groupVersion: string, resources: readonly JsonObject[]): readonly ServedKind[] {
  const [group = '', version = ''] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const plain = resources.filter((resource) => !text(resource, 'name').includes('/'));
  return plain.map((resource) => ({
    group,
    version,
    resource: text(resource, 'name'),
    kind: text(resource, 'kind'),
    namespaced: own(resource, 'namespaced') === true,
    verbs: texts(own(resource, 'verbs')),
    subresources: resources
      .filter((part) => text(part, 'name').startsWith(`${text(resource, 'name')}/`))
      .map((part) => ({ name: text(part, 'name').split('/')[1] ?? '', verbs: texts(own(part, 'verbs')) })),
  }));
}

/** The path of a kind's collection; of all namespaces where none is named. */
export function collectionPath({ group, version, resource, namespaced }: ServedKind, namespace = ''): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== '' ? `${base}/namespaces/${namespace}/${resource}` : `${base}/${resource}`;
}

/** `widgets.example.com`, `configmaps`. */
export function kindName({ group, resource }: Pick<ServedKind, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** True for kinds whose objects are stored; reviews are only answered. */
export function isStored({ verbs }: ServedKind): boolean {
  return verbs.includes('create') && verbs.includes('get');
}

/** The objects in a list that is a member of an object. */
export function items(object: JsonObject, name: string): readonly JsonObject[] {
  const list = own(object, name);
  return isArray(list) ? list.filter(isObject) : [];
}

/** A text that is a member of an object; the empty one where there is none. */
export function text(object: JsonObject, name: string): string {
  const value = own(object, name);
  return typeof value === 'string' ? value : '';
}

function texts(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
