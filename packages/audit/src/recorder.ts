import type { Counter, Logger, Meter } from '@kcp/telemetry';
import type { Backend } from './backend/backend.ts';
import { evaluator, type Evaluate } from './policy/evaluate.ts';
import type { AuditedAttributes } from './policy/fits.ts';
import type { Policy } from './policy/policy.ts';
import { RequestRecord, type RecordOptions, type RequestFacts } from './request-record.ts';

/** What a recorder is made of. */
export interface RecorderOptions {
  readonly policy: Policy;
  readonly backend: Backend;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly meter: Meter;
  readonly logger: Logger;
}

/** Records requests as a policy wants it. */
export class Recorder {
  readonly #evaluate: Evaluate;
  readonly #levels: Counter;
  readonly #rejected: Counter;
  readonly #options: Omit<RecordOptions, 'config'>;

  constructor({ policy, backend, clock, meter, logger }: RecorderOptions) {
    this.#evaluate = evaluator(policy);
    const events = meter.counter({
      name: 'apiserver_audit_event_total',
      help: 'Counter of audit events generated and sent to the audit backend.',
    });
    this.#levels = meter.counter({
      name: 'apiserver_audit_level_total',
      help: 'Counter of policy levels for audit events (1 per request).',
      labels: ['level'],
    });
    this.#rejected = meter.counter({
      name: 'apiserver_audit_requests_rejected_total',
      help: 'Counter of apiserver requests rejected due to an error in audit logging backend.',
    });
    this.#options = {
      backend,
      clock,
      counted: () => events.add(1),
      refused: (key) => logger.debug('audit annotation not taken', { key }),
    };
  }

  /** Begins to record a request; undefined where the policy records nothing of it. The facts are asked for only where they are needed. */
  begin(attributes: AuditedAttributes, facts: () => RequestFacts): RequestRecord | undefined {
    const config = this.#evaluate(attributes);
    this.#levels.add(1, { level: config.level });
    return config.level === 'None' ? undefined : new RequestRecord(attributes, facts(), { ...this.#options, config });
  }

  /** A request was refused because its event could not be recorded. */
  rejected(): void {
    this.#rejected.add(1);
  }

  /** Nothing more comes; what is held is recorded until the signal is aborted. */
  close(deadline: AbortSignal): Promise<void> {
    return this.#options.backend.close(deadline);
  }
}
