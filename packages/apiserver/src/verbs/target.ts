import type { LogicalCluster, Wildcard } from '@kcp/logical-cluster';
import type { ObjectKey } from '@kcp/object-store';
import type { Exchange } from '../exchange.ts';
import type { Representation } from '../media/negotiate.ts';
import type { ResourceRequest } from '../request/request-info.ts';
import type { ServedResource } from '../served-resource.ts';

/** A request for one object, once everything that it names is found. */
export interface ResourceTarget {
  readonly exchange: Exchange;
  readonly info: ResourceRequest;
  readonly resource: ServedResource;
  readonly representation: Representation;
  readonly key: ObjectKey;
}

/** A request for the objects of a resource, in one logical cluster or (lists and watches only) in all. */
export interface CollectionTarget {
  readonly exchange: Exchange;
  readonly info: ResourceRequest;
  readonly resource: ServedResource;
  readonly representation: Representation;
  readonly cluster: LogicalCluster | Wildcard;
  readonly namespace: string;
}
