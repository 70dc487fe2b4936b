import { parseName, type LogicalCluster } from '@kcp/logical-cluster';

/** The WorkspaceType that an initializer or terminator belongs to. */
export interface LifecycleType {
  readonly cluster: LogicalCluster;
  readonly name: string;
}

/** Reads `<logical cluster>:<type>` (kcp's TypeFrom); undefined where the text names none. */
export function lifecycleType(key: string): LifecycleType | undefined {
  const at = key.lastIndexOf(':');
  const cluster = at < 0 ? undefined : parseName(key.slice(0, at));
  const name = key.slice(at + 1);
  return cluster === undefined || name === '' ? undefined : { cluster, name };
}

/** The first part of names that belong to no type but to the server itself: `system:apibindings`. */
const OWN = 'system';

/** True for a controller of the server's own, for which there is no type. */
export function isOwn({ cluster }: LifecycleType): boolean {
  return cluster === OWN;
}
