import type { AuditEvent } from '../event/audit-event.ts';
import type { AuditFailures } from '../failures.ts';
import { reaches } from '../level.ts';
import type { Backend } from './backend.ts';

/** How large events may be. */
export interface TruncateOptions {
  readonly enabled: boolean;
  /** In bytes: larger events lose their objects, and are dropped where that does not help. */
  readonly maxEventBytes: number;
  /** In bytes, of the events that are sent together. */
  readonly maxBatchBytes: number;
}

/** Keeps events small for a backend. */
export function truncatingBackend(
  backend: Backend,
  { maxEventBytes }: TruncateOptions,
  failures: AuditFailures,
): Backend {
  const fitting = (event: AuditEvent): readonly AuditEvent[] => {
    if (event.size <= maxEventBytes) return [event];
    const smaller = reaches(event.fields.level, 'Request') ? event.withoutObjects() : event;
    if (smaller.size <= maxEventBytes) return [smaller];
    failures.report('truncate', new Error('event is too large even after truncating'), 1);
    return [];
  };
  return {
    process: (events) => {
      const kept = events.flatMap(fitting);
      return kept.length === 0 || backend.process(kept);
    },
    close: (deadline) => backend.close(deadline),
  };
}
