import { describe, expect, it } from '@jest/globals';
import { FakeClock, turn } from '@kcp/controller/testing';
import { silentLogger as logger, silentMeter as meter } from '@kcp/telemetry';
import { startRounds } from './rounds.ts';

describe('rounds', () => {
  it('come at the start and then once in a while, from end to beginning', async () => {
    const clock = new FakeClock();
    const gates: (() => void)[] = [];
    const round = (): Promise<void> => new Promise((resolve) => void gates.push(resolve));
    await using _ = startRounds({ name: 'test', everyMs: 1000, round, clock, logger, meter });
    await turn();
    expect(gates.length).toBe(1);
    clock.advance(5000);
    await turn();
    expect(gates.length).toBe(1);
    gates[0]?.();
    await turn();
    clock.advance(999);
    await turn();
    expect(gates.length).toBe(1);
    clock.advance(1);
    await turn();
    expect(gates.length).toBe(2);
    gates[1]?.();
  });
  it('come again after one that failed', async () => {
    const clock = new FakeClock();
    let rounds = 0;
    const round = (): Promise<void> => {
      rounds += 1;
      return rounds === 1 ? Promise.reject(new Error('the store is away')) : Promise.resolve();
    };
    await using _ = startRounds({ name: 'test', everyMs: 60_000, round, clock, logger, meter });
    await turn();
    expect(rounds).toBe(1);
    clock.advance(5000);
    await turn();
    expect(rounds).toBe(2);
  });
  it('end with their controller, and leave no timer', async () => {
    const clock = new FakeClock();
    const controller = startRounds({ name: 'test', everyMs: 1000, round: async () => {}, clock, logger, meter });
    await turn();
    await controller[Symbol.asyncDispose]();
    expect(clock.timers).toBe(0);
  });
});
