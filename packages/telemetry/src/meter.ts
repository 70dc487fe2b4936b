/** The labels of one observation. Values that tenants choose are capped by the binding. */
export type Labels = Readonly<Record<string, string>>;

/** A number that only grows. */
export interface Counter {
  add(amount: number, labels?: Labels): void;
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void;
}

/** A distribution, in the unit that its name ends with. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** What to call a metric; names are the field's own (`apiserver_request_total`). */
export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly buckets?: readonly number[];
}

/** Makes metrics. Asking twice for one name gives the same metric. */
export interface Meter {
  counter(options: MetricOptions): Counter;
  gauge(options: MetricOptions): Gauge;
  histogram(options: MetricOptions): Histogram;
}

const nothing = { add: () => {}, set: () => {}, observe: () => {} };

/** A meter that measures nothing. */
export const silentMeter: Meter = { counter: () => nothing, gauge: () => nothing, histogram: () => nothing };
