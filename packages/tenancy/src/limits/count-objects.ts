import { Pace } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';

/** So many objects beyond a limit are still counted: a message says how far it is exceeded. */
const BEYOND = 10_000;

/** How many objects there are in a logical cluster, of whatever kind; what is far beyond a limit is not counted. Gives way to others. */
export async function countObjects(
  store: Pick<ObjectReader, 'buckets' | 'count'>,
  cluster: LogicalCluster,
  limit: number,
): Promise<number> {
  const pace = new Pace();
  let total = 0;
  for (const bucket of await store.buckets(cluster)) {
    const left = limit + BEYOND - total;
    if (left <= 0) break;
    total += store.count({ bucket, cluster, limit: left });
    if (pace.isOver) await pace.breathe();
  }
  return total;
}
