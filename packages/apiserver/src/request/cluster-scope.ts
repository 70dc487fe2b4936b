import { ApiError, badRequest } from '@kcp/api-machinery';
import { asName, parseScope, root, wildcard, type ClusterPath, type LogicalCluster } from '@kcp/logical-cluster';
import type { ResolvedScope } from '../exchange.ts';

/** The header that names a logical cluster where the path does not. */
export const CLUSTER_HEADER = 'x-kubernetes-cluster';

/** Finds the logical cluster that a path of workspaces leads to; undefined where there is none. */
export type ResolvePath = (path: ClusterPath) => LogicalCluster | undefined;

/** Where a request goes and what is left of its path. */
export interface Located {
  readonly cluster: ResolvedScope;
  readonly prefix: string;
  readonly path: string;
}

const PREFIX = '/clusters/';

/**
 * Reads the logical cluster of a request: from `/clusters/<name or path>`, else from the header, else `fallback` (the cluster
 * of a verified service-account token), else root. Throws BadRequest where the text is none or path and header disagree, and
 * NotFound where a path leads nowhere.
 */
export function locate(
  path: string,
  header: string | undefined,
  options: { resolve: ResolvePath; fallback: LogicalCluster | undefined },
): Located {
  if (!path.startsWith(PREFIX)) {
    const cluster =
      header === undefined || header === '' ? (options.fallback ?? root) : resolveText(header, options.resolve);
    return { cluster, prefix: '', path };
  }
  const end = path.indexOf('/', PREFIX.length);
  const raw = end < 0 ? path.slice(PREFIX.length) : path.slice(PREFIX.length, end);
  const text = unescape(raw);
  const cluster = resolveText(text, options.resolve);
  if (header !== undefined && header !== '' && header !== text && resolveText(header, options.resolve) !== cluster) {
    throw badRequest(
      `the path names the logical cluster ${JSON.stringify(text)}, the header ${CLUSTER_HEADER} ${JSON.stringify(header)}`,
    );
  }
  return { cluster, prefix: `${PREFIX}${raw}`, path: end < 0 ? '/' : path.slice(end) };
}

/** What is left of a request's path where its logical cluster is taken away. */
export function pathInside(path: string): string {
  if (!path.startsWith(PREFIX)) return path;
  const end = path.indexOf('/', PREFIX.length);
  return end < 0 ? '/' : path.slice(end);
}

function unescape(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function resolveText(text: string, resolve: ResolvePath): ResolvedScope {
  const scope = parseScope(text);
  if (scope === undefined) throw badRequest(`invalid cluster: ${JSON.stringify(text)} does not match the regex`);
  if (scope.kind === 'wildcard') return wildcard;
  const cluster = asName(scope.path) ?? resolve(scope.path);
  if (cluster !== undefined) return cluster;
  throw new ApiError('NotFound', `workspaces.tenancy.kcp.io "${scope.path}" not found`, {
    details: { name: scope.path, group: 'tenancy.kcp.io', kind: 'workspaces' },
  });
}
