import type { Labels, LogFields, Logger, Meter } from '@kcp/telemetry';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { AuditEvent, type EventFields } from './event/audit-event.ts';
import { AuditFailures } from './failures.ts';

/** An event of a get, with what a test wants otherwise. */
export function testEvent(changes: Partial<EventFields> = {}): AuditEvent {
  return new AuditEvent({
    level: 'Metadata',
    auditId: 'an-id',
    stage: 'ResponseComplete',
    requestUri: '/api/v1/namespaces/default/configmaps/a',
    verb: 'get',
    user: { name: 'alice', uid: '7', groups: ['g1', 'system:authenticated'], extra: {} },
    impersonatedUser: undefined,
    sourceIps: ['10.0.0.1'],
    userAgent: 'kubectl/v1.36.0',
    objectRef: {
      resource: 'configmaps',
      namespace: 'default',
      name: 'a',
      uid: '',
      apiGroup: '',
      apiVersion: 'v1',
      resourceVersion: '',
      subresource: '',
    },
    responseStatus: { code: 200 },
    requestObject: undefined,
    responseObject: undefined,
    received: Date.parse('2026-01-02T03:04:05.678Z'),
    reached: Date.parse('2026-01-02T03:04:05.680Z'),
    annotations: [],
    ...changes,
  });
}

/** Failures that a test can look at: how many events of which part, and what was logged. */
export function testFailures(clock: () => number = () => 0): {
  readonly failures: AuditFailures;
  readonly counts: Readonly<Record<string, number>>;
  readonly logged: readonly LogFields[];
} {
  const counts: Record<string, number> = {};
  const logged: LogFields[] = [];
  const meter: Meter = {
    ...silentMeter,
    counter: () => ({
      add: (amount: number, labels: Labels = {}) => {
        const plugin = labels['plugin'] ?? '';
        counts[plugin] = (counts[plugin] ?? 0) + amount;
      },
    }),
  };
  const logger: Logger = { ...silentLogger, error: (_, fields = {}) => void logged.push(fields) };
  return { failures: new AuditFailures({ meter, logger, clock }), counts, logged };
}
