import type { AuditEvent } from '../event/audit-event.ts';
import { EVENT_HEAD } from '../event/encode-event.ts';

/** Events as one JSON body (audit.k8s.io/v1 EventList); the items do not repeat what they are. */
export function eventList(events: readonly AuditEvent[]): Buffer {
  const items = events.map(({ text }) => `{${text.slice(EVENT_HEAD.length)}`);
  return Buffer.from(`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}`);
}
