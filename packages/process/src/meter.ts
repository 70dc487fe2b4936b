import type { Counter, Gauge, Histogram, Labels, Meter, MetricOptions } from '@kcp/telemetry';
import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';
import { LabelCap } from './label-cap.ts';

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

/** A meter of its own: two in one process share nothing. */
export function createMeter(options: MeterOptions = {}): ProgramMeter {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  return new PromMeter(registry, options.labelValues ?? 100);
}

class PromMeter implements ProgramMeter {
  readonly #registry: Registry;
  readonly #labelValues: number;
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor(registry: Registry, labelValues: number) {
    this.#registry = registry;
    this.#labelValues = labelValues;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  exposition(): Promise<string> {
    return this.#registry.metrics();
  }

  counter(options: MetricOptions): Counter {
    return once(this.#counters, options.name, () => {
      const metric = new PromCounter(this.#settings(options));
      const cap = this.#cap(options);
      return { add: (amount, labels) => (labels ? metric.inc(cap.capped(labels), amount) : metric.inc(amount)) };
    });
  }

  gauge(options: MetricOptions): Gauge {
    return once(this.#gauges, options.name, () => {
      const metric = new PromGauge(this.#settings(options));
      const cap = this.#cap(options);
      return { set: (value, labels) => (labels ? metric.set(cap.capped(labels), value) : metric.set(value)) };
    });
  }

  histogram(options: MetricOptions): Histogram {
    return once(this.#histograms, options.name, () => {
      const buckets = options.buckets && { buckets: [...options.buckets] };
      const metric = new PromHistogram({ ...this.#settings(options), ...buckets });
      const cap = this.#cap(options);
      return {
        observe: (value: number, labels?: Labels) =>
          labels ? metric.observe(cap.capped(labels), value) : metric.observe(value),
      };
    });
  }

  #settings({ name, help, labels = [] }: MetricOptions) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }

  #cap({ labels = [] }: MetricOptions): LabelCap {
    return new LabelCap(labels, this.#labelValues);
  }
}

function once<T>(known: Map<string, T>, name: string, make: () => T): T {
  let metric = known.get(name);
  if (metric === undefined) {
    metric = make();
    known.set(name, metric);
  }
  return metric;
}
