/** A request for a resource, as its method and path say (k8s.io/apiserver RequestInfo). */
export interface ResourceRequest {
  readonly kind: 'resource';
  /** The verb that authorization asks about; for methods that no resource knows the method in lower case. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** What follows the sub-resource: empty, or `/` and segments, percent-encoded anew. Only calls (proxy) take such paths. */
  readonly remainder: string;
}

/** A request for anything else: discovery, health, OpenAPI. */
export interface PathRequest {
  readonly kind: 'path';
  readonly verb: string;
  readonly path: string;
}

/** What a request is about. */
export type RequestInfo = ResourceRequest | PathRequest;

/** A map, because HTTP/2 carries any text as a method, `constructor` too. */
const METHOD_VERBS: ReadonlyMap<string, string> = new Map([
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['DELETE', 'delete'],
]);

/** The verb of a request for one object; for methods that no resource knows the method in lower case. */
export function methodVerb(method: string): string {
  return METHOD_VERBS.get(method) ?? method.toLowerCase();
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Percent-decodes a path's segments; undefined where an escape is none. An escaped slash parts segments, so that none holds one. */
export function splitPath(path: string): readonly string[] | undefined {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  if (!path.includes('%')) return segments;
  try {
    return segments.flatMap((segment) => decodeURIComponent(segment).split('/'));
  } catch {
    return undefined;
  }
}

/** Options that the path alone does not give. */
export interface RequestHints {
  /** `watch` in the query asks for a watch. */
  readonly watch: boolean;
  /** The name that a field selector asks for, if it asks for one. */
  readonly selectedName: string;
}

/** Reads method and path (without the `/clusters/…` prefix). */
export function readRequestInfo(method: string, path: string, hints: RequestHints): RequestInfo {
  const segments = splitPath(path) ?? [path];
  const other: PathRequest = { kind: 'path', verb: method.toLowerCase(), path };
  const start = segments[0] === 'api' ? 2 : 3;
  if ((segments[0] !== 'api' && segments[0] !== 'apis') || segments.length <= start) return other;
  const group = start === 2 ? '' : (segments[1] ?? '');
  const version = segments[start - 1] ?? '';
  const watched = segments[start] === 'watch';
  const rest = segments.slice(watched ? start + 1 : start);
  if (rest.length === 0) return other;
  const place = readPlace(rest, path.endsWith('/'));
  const verb = readVerb(method, place.name, { ...hints, watch: hints.watch || watched });
  const listing = verb === 'list' || verb === 'watch' || verb === 'deletecollection';
  const name = listing && place.name === '' ? hints.selectedName : place.name;
  return { kind: 'resource', verb: watched && method === 'GET' ? 'watch' : verb, group, version, ...place, name };
}

type Place = Pick<ResourceRequest, 'namespace' | 'resource' | 'name' | 'subresource' | 'remainder'>;

function readPlace(rest: readonly string[], slash: boolean): Place {
  const [first = '', second = '', third = ''] = rest;
  const namespaced = first === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(third);
  const [resource = '', name = '', subresource = '', ...more] = namespaced ? rest.slice(2) : rest;
  const namespace = namespaced || first === 'namespaces' ? second : '';
  return { namespace, resource, name, subresource, remainder: subresource === '' ? '' : readRemainder(more, slash) };
}

function readRemainder(segments: readonly string[], slash: boolean): string {
  const path = segments.map((segment) => `/${encodeURIComponent(segment.toWellFormed())}`).join('');
  return slash ? `${path}/` : path;
}

function readVerb(method: string, name: string, hints: RequestHints): string {
  const verb = methodVerb(method);
  if (name !== '') return verb;
  if (verb === 'get') return hints.watch ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}
