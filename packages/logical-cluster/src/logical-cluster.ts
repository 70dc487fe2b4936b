/**
 * The name of a logical cluster, as it stands in storage keys and in the annotation `kcp.io/cluster`: one segment, no colon
 * except in the reserved names `system:…`. A path such as `root:org:team` is another type; it has to be resolved first.
 */
export type LogicalCluster = string & { readonly __brand: 'LogicalCluster' };

/** A colon-separated path of workspaces, `root` or `root:org:team`. A single segment may also be a logical cluster's name. */
export type ClusterPath = string & { readonly __brand: 'ClusterPath' };

/** What a request addresses: one logical cluster, by name or by path, or all of them. Never a string: see invariant 5. */
export type ClusterScope = { readonly kind: 'cluster'; readonly path: ClusterPath } | { readonly kind: 'wildcard' };

/** All logical clusters at once. */
export type Wildcard = Extract<ClusterScope, { kind: 'wildcard' }>;

/** The scope of a request to `/clusters/*`. */
export const wildcard: Wildcard = { kind: 'wildcard' };

const SEGMENT = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const PATH = new RegExp(`^${SEGMENT}(:${SEGMENT})*$`);
const NAME = new RegExp(`^(system:)?${SEGMENT}$`);

/** The root of the tree of workspaces. */
export const root = 'root' as LogicalCluster;

/** Where the bootstrap RBAC that is valid in every logical cluster is stored. */
export const systemAdmin = 'system:admin' as LogicalCluster;

/** Reads a path; undefined where the text is none. At most 64 segments and 1,024 characters. */
export function parsePath(text: string): ClusterPath | undefined {
  return text.length <= 1024 && PATH.test(text) && text.split(':').length <= 64 ? (text as ClusterPath) : undefined;
}

/** Reads the name of a logical cluster; undefined where the text is none (a path of several segments, say). */
export function parseName(text: string): LogicalCluster | undefined {
  return text.length <= 128 && NAME.test(text) ? (text as LogicalCluster) : undefined;
}

/** Reads what a URL or a header addresses: `*`, a name or a path; undefined where the text is none of them. */
export function parseScope(text: string): ClusterScope | undefined {
  if (text === '*') return wildcard;
  const path = parsePath(text);
  return path === undefined ? undefined : { kind: 'cluster', path };
}

/** The path above; undefined at a single segment. `system:admin` has none. */
export function parent(path: ClusterPath): ClusterPath | undefined {
  const end = path.lastIndexOf(':');
  return end < 0 || parseName(path) !== undefined ? undefined : (path.slice(0, end) as ClusterPath);
}

/** The last segment: the workspace's own name. */
export function base(path: ClusterPath): string {
  return path.slice(path.lastIndexOf(':') + 1);
}

/** The path of a workspace below; undefined where `name` is no segment. */
export function child(path: ClusterPath, name: string): ClusterPath | undefined {
  return name.includes(':') ? undefined : parsePath(`${path}:${name}`);
}

/** The name that a path of one segment (or a reserved `system:…`) stands for; undefined for a longer path. */
export function asName(path: ClusterPath): LogicalCluster | undefined {
  return parseName(path);
}

/** The URL prefix under which a logical cluster is served: `/clusters/root:org`. */
export function urlPrefix(scope: ClusterScope | LogicalCluster): string {
  if (typeof scope === 'string') return `/clusters/${scope}`;
  return scope.kind === 'wildcard' ? '/clusters/*' : `/clusters/${scope.path}`;
}
