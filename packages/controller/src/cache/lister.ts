import type { KubeObject, LabelSelector } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ReconcileKey } from '../reconcile-key.ts';

/** Which of a cache's objects are meant; what is left out is not asked for. */
export interface ObjectSelection {
  readonly cluster?: LogicalCluster;
  readonly namespace?: string;
  readonly labels?: LabelSelector;
}

/**
 * Reads what a reflector brought, without a request. It may be behind the server: whoever writes gives the resourceVersion,
 * and a conflict means to come again. Objects are frozen.
 */
export interface Lister<O extends KubeObject, Indexes extends string = string> {
  get(key: Pick<ReconcileKey, 'cluster' | 'namespace' | 'name'>): O | undefined;
  /** Goes over all objects: for many of them, make an index. */
  list(selection?: ObjectSelection): O[];
  /** The objects that an indexer named a value of. */
  byIndex(index: Indexes, value: string): O[];
  readonly size: number;
}
