import type { GroupVersionResource } from '@kcp/api-machinery';

/** Which objects a path is about. */
export interface ResourceScope extends GroupVersionResource {
  readonly namespace?: string | undefined;
  /** `status`, `scale`, `token`. */
  readonly subresource?: string | undefined;
}

/** `/api/v1` or `/apis/apps/v1`. */
export function groupVersionPath({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? `/api/${segment(version)}` : `/apis/${segment(group)}/${segment(version)}`;
}

/** The path of a collection. */
export function collectionPath(scope: ResourceScope): string {
  const namespace = scope.namespace === undefined ? '' : `/namespaces/${segment(scope.namespace)}`;
  return `${groupVersionPath(scope)}${namespace}/${segment(scope.resource)}`;
}

/** The path of one object, or of a part of it. */
export function objectPath(scope: ResourceScope, name: string): string {
  const part = scope.subresource === undefined ? '' : `/${scope.subresource.split('/').map(segment).join('/')}`;
  return `${collectionPath(scope)}/${segment(name)}${part}`;
}

/** A segment of a path. Throws RangeError where it would stand for another path. */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..')
    throw new RangeError(`${JSON.stringify(text)} cannot stand in a path`);
  return encodeURIComponent(text);
}
