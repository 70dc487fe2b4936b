import type { InProcessWriter, ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';

/** The reads that controllers do. */
export type ControllerReader = Pick<ObjectReader, 'get' | 'page'>;

/** What controllers of built-in kinds may do. Writes go through the ordinary write path. */
export interface ReconcileDeps {
  readonly store: ControllerReader;
  readonly writer: InProcessWriter;
}

/** Lists what a logical cluster serves, so that the content of a namespace can be found. */
export type ListResources = (cluster: LogicalCluster) => readonly ServedResource[];
