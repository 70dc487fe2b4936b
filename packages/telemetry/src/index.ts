export { silentLogger } from './logger.ts';
export type { LogFields, Logger } from './logger.ts';
export { silentMeter } from './meter.ts';
export type { Counter, Gauge, Histogram, Labels, Meter, MetricOptions } from './meter.ts';
