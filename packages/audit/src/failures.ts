import type { Logger, Meter } from '@kcp/telemetry';

/** The part of the recording that failed; a label of the metric. */
export type AuditPlugin = 'annotations' | 'buffered' | 'log' | 'truncate' | 'webhook';

/** What failures are told with. */
export interface FailuresOptions {
  readonly meter: Meter;
  readonly logger: Logger;
  /** In milliseconds. */
  readonly clock: () => number;
}

/** How often one part's failures are logged, in milliseconds: what is in between is counted. */
const QUIET_MS = 10_000;

/** Counts events that were not recorded as they should have been, and says so in the log, but not once for each. */
export class AuditFailures {
  readonly #options: FailuresOptions;
  readonly #count: (events: number, plugin: AuditPlugin) => void;
  readonly #told = new Map<AuditPlugin, { at: number; since: number }>();

  constructor(options: FailuresOptions) {
    this.#options = options;
    const counter = options.meter.counter({
      name: 'apiserver_audit_error_total',
      help: 'Counter of audit events that failed to be audited properly. Plugin identifies the plugin affected by the error.',
      labels: ['plugin'],
    });
    this.#count = (events, plugin) => counter.add(events, { plugin });
  }

  /** So many events failed, for this reason. */
  report(plugin: AuditPlugin, error: unknown, events: number): void {
    this.#count(events, plugin);
    const now = this.#options.clock();
    const told = this.#told.get(plugin);
    if (told && now - told.at < QUIET_MS) {
      told.since += events;
      return;
    }
    this.#told.set(plugin, { at: now, since: 0 });
    this.#options.logger.error('audit events failed', { plugin, events: events + (told?.since ?? 0), error });
  }
}
