import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';

/** Where an Event object is. */
export interface EventAddress {
  readonly cluster: LogicalCluster;
  readonly namespace: string;
  readonly name: string;
}

/** Where events are written to: events.k8s.io/v1. Both fail with ApiError where the server answered, with anything else where it did not. */
export interface EventSink {
  create(address: EventAddress, event: KubeObject, signal: AbortSignal): Promise<void>;
  /** A merge patch. */
  patch(address: EventAddress, patch: JsonObject, signal: AbortSignal): Promise<void>;
}
