import { parsePath, urlPrefix, type ClusterPath } from '@kcp/logical-cluster';

/** The URL of a logical cluster in its two parts. */
export interface ClusterUrl {
  /** The server, without the logical cluster: `https://kcp.example:6443`, or with a prefix of a proxy. */
  readonly base: string;
  readonly path: ClusterPath;
}

const CLUSTER = /^([a-z]+:\/\/[^/?#]+(?:\/[^?#]*?)??)\/clusters\/([^/?#]*)/i;

/** Takes a logical cluster's URL apart; undefined where it is another URL. What follows the cluster does not count. */
export function parseClusterUrl(url: string): ClusterUrl | undefined {
  const [, base = '', name = ''] = CLUSTER.exec(url) ?? [];
  const path = parsePath(name);
  return path === undefined ? undefined : { base, path };
}

/** The URL of a logical cluster. */
export function formatClusterUrl({ base, path }: ClusterUrl): string {
  return `${base.replace(/\/+$/, '')}${urlPrefix({ kind: 'cluster', path })}`;
}
