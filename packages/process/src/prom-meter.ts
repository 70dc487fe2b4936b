import type { Counter, Gauge, Histogram, Labels, MetricOptions } from '@kcp/telemetry';
import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';
import { LabelCap } from './label-cap.ts';
import type { MeterOptions, ProgramMeter } from './meter.ts';

/** Metrics by prom-client. */
export class PromMeter implements ProgramMeter {
  readonly #registry = new Registry();
  readonly #labelValues: number;
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor({ labelValues = 100, processMetrics = false }: MeterOptions) {
    if (processMetrics) collectDefaultMetrics({ register: this.#registry });
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
