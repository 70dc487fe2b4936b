import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Turns } from './turns.ts';

const settle = async (): Promise<void> => {
  for (let count = 0; count < 5; count += 1) await Promise.resolve();
};

describe('turns', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('come in order, one at a time for each key', async () => {
    const turns = new Turns();
    const order: string[] = [];
    expect(turns.isTaken('a')).toBe(false);
    const first = await turns.enter('a');
    expect(turns.isTaken('a')).toBe(true);
    const others = ['second', 'third'].map(async (name) => {
      const turn = await turns.enter('a');
      order.push(name);
      return turn;
    });
    (await turns.enter('b'))[Symbol.dispose]();
    await settle();
    expect(order).toEqual([]);
    first[Symbol.dispose]();
    await settle();
    expect(order).toEqual(['second']);
    (await others[0])?.[Symbol.dispose]();
    (await others[1])?.[Symbol.dispose]();
    expect(order).toEqual(['second', 'third']);
    expect(turns.isTaken('a')).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are not waited for longer than ten seconds; whoever gave up lets nobody else in', async () => {
    const turns = new Turns();
    const first = await turns.enter('a');
    const waiting = turns.enter('a');
    jest.advanceTimersByTime(10_000);
    const impatient = await waiting;
    const order: string[] = [];
    void turns.enter('a').then(() => order.push('third'));
    impatient[Symbol.dispose]();
    await settle();
    expect(order).toEqual([]);
    first[Symbol.dispose]();
    await settle();
    expect(order).toEqual(['third']);
  });
});
