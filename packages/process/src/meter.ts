import type { Meter } from '@kcp/telemetry';

/** How a program measures. */
export interface MeterOptions {
  /** Most values of one label; further ones count as `other`. 100 where left out. */
  readonly labelValues?: number;
  /** Also the process' own: CPU, memory, event loop, garbage collection. */
  readonly processMetrics?: boolean;
}

/** A meter that can be read. */
export interface ProgramMeter extends Meter {
  /** All metrics in Prometheus' text format. */
  exposition(): Promise<string>;
  /** The content type of `exposition`. */
  readonly contentType: string;
}

/** Loads prom-client and makes a meter of its own: two in one process share nothing. */
export async function createMeter(options: MeterOptions = {}): Promise<ProgramMeter> {
  const { PromMeter } = await import('./prom-meter.ts');
  return new PromMeter(options);
}
