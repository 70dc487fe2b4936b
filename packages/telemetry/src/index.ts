export { silentLogger } from './logger.ts';
export type { LogFields, Logger } from './logger.ts';
export { silentMeter } from './meter.ts';
export type { Counter, Gauge, Histogram, Labels, Meter, MetricOptions } from './meter.ts';
export { inSpan } from './tracer.ts';
export type { Span, SpanAttributes, Tracer, TraceStart } from './tracer.ts';
