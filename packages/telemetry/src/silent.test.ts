import { expect, it } from '@jest/globals';
import { silentLogger } from './logger.ts';
import { silentMeter } from './meter.ts';

it('takes everything and says nothing', () => {
  const logger = silentLogger.child({ package: 'x' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) expect(logger[level]('m', { a: 1 })).toBeUndefined();
  const options = { name: 'x', help: 'X.' };
  expect(silentMeter.counter(options).add(1)).toBeUndefined();
  expect(silentMeter.gauge(options).set(1)).toBeUndefined();
  expect(silentMeter.histogram(options).observe(1, { a: 'b' })).toBeUndefined();
});
