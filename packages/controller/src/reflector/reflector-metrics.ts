import type { Counter, Gauge, Meter } from '@kcp/telemetry';

/** What is counted of a reflector; one series each, by its constant name. */
export class ReflectorMetrics {
  readonly labels: { readonly name: string };
  readonly lists: Counter;
  readonly watches: Counter;
  readonly failures: Counter;
  readonly #objects: Gauge;
  readonly #bytes: Gauge;

  constructor(name: string, meter: Meter) {
    const labels = ['name'];
    this.labels = { name };
    this.lists = meter.counter({ name: 'reflector_lists_total', help: 'Pages of lists that were asked for.', labels });
    this.watches = meter.counter({ name: 'reflector_watches_total', help: 'Watches that were begun.', labels });
    this.failures = meter.counter({
      name: 'reflector_failures_total',
      help: 'Lists and watches that failed, objects that could not be kept.',
      labels: ['name', 'reason'],
    });
    this.#objects = meter.gauge({ name: 'reflector_cache_objects', help: 'Objects in the cache.', labels });
    this.#bytes = meter.gauge({
      name: 'reflector_cache_bytes',
      help: 'About how much memory the objects in the cache take.',
      labels,
    });
  }

  /** What a cache holds now. */
  holds({ size, bytes }: { readonly size: number; readonly bytes: number }): void {
    this.#objects.set(size, this.labels);
    this.#bytes.set(bytes, this.labels);
  }
}
