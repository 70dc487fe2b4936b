import { expect, it } from '@jest/globals';
import { testFailures } from './test-event.ts';

it('counts every failure and logs each part’s not more than every ten seconds, with what was in between', () => {
  let now = 0;
  const { failures, counts, logged } = testFailures(() => now);
  failures.report('log', new Error('full'), 2);
  failures.report('log', new Error('full'), 3);
  failures.report('webhook', new Error('gone'), 1);
  now = 10_000;
  failures.report('log', new Error('still full'), 1);
  expect(counts).toEqual({ log: 6, webhook: 1 });
  expect(logged).toMatchObject([
    { plugin: 'log', events: 2 },
    { plugin: 'webhook', events: 1 },
    { plugin: 'log', events: 4 },
  ]);
});
