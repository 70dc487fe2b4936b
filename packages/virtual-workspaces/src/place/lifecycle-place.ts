import { parseName, wildcard, type LogicalCluster, type Wildcard } from '@kcp/logical-cluster';

/** What follows `/services/<surface>` where a surface is about one controller and its logical clusters. */
export interface LifecyclePlace {
  /** Whose surface it is: `<logical cluster>:<type>`, as the client wrote it. */
  readonly key: string;
  /** By name only: a path would have to be looked up before it is known who asks. */
  readonly cluster: LogicalCluster | Wildcard;
  readonly path: string;
}

const PLACE = /^\/([^/]+)\/clusters\/([^/]+)(\/.*)?$/s;

/** Reads `/<key>/clusters/<name or *>/…`; undefined where the text is nothing of the kind. */
export function readLifecyclePlace(rest: string): LifecyclePlace | undefined {
  const [, rawKey, rawCluster, path = '/'] = PLACE.exec(rest) ?? [];
  const key = decoded(rawKey);
  const text = decoded(rawCluster);
  if (key === undefined || text === undefined || key.includes('/')) return undefined;
  const cluster = text === '*' ? wildcard : parseName(text);
  return cluster === undefined ? undefined : { key, cluster, path };
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
