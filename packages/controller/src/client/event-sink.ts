import type { Client } from '@kcp/client';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { EventSink } from '../recorder/event-sink.ts';

const events = { group: 'events.k8s.io', version: 'v1', resource: 'events' };

/** Events are written with the client of the logical cluster that their object is in. */
export function eventSinkOf(clientOf: (cluster: LogicalCluster) => Client): EventSink {
  return {
    create: async ({ cluster, namespace }, event, signal) => {
      await clientOf(cluster).resource(events).namespace(namespace).create(event, { signal });
    },
    patch: async ({ cluster, namespace, name }, patch, signal) => {
      await clientOf(cluster).resource(events).namespace(namespace).patch(name, { type: 'merge', patch }, { signal });
    },
  };
}
