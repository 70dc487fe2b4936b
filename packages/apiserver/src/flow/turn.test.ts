import { describe, expect, it } from '@jest/globals';
import { loopClock, Turn } from './turn.ts';

describe('a turn of the event loop', () => {
  it('is over once it lasted long enough, until the network had its own', () => {
    let time = 100;
    const callbacks: (() => void)[] = [];
    const clock = { ...loopClock, now: () => time, afterTurn: (callback: () => void) => void callbacks.push(callback) };
    const turn = new Turn(clock, 5);
    expect(turn.isOver()).toBe(false);
    time += 4.9;
    expect(turn.isOver()).toBe(false);
    time += 0.1;
    expect(turn.isOver()).toBe(true);
    expect(callbacks).toHaveLength(1);
    callbacks.shift()?.();
    expect(turn.isOver()).toBe(false);
  });

  it('begins with the first question: time in which nobody asks is not counted', () => {
    let time = 0;
    const turn = new Turn({ ...loopClock, now: () => time, afterTurn: (callback) => callback() }, 5);
    time += 1_000;
    expect(turn.isOver()).toBe(false);
  });
});

describe('the event loop of the process', () => {
  it('calls back after the turn, and later, unless that was called off', async () => {
    const order: string[] = [];
    const ended = Promise.withResolvers<void>();
    loopClock.afterTurn(() => order.push('after the turn'));
    loopClock.after(1, () => order.push('called off'))[Symbol.dispose]();
    const before = loopClock.now();
    const timer = setTimeout(() => {}, 1_000);
    loopClock.after(2, () => {
      order.push('later');
      ended.resolve();
    });
    await ended.promise;
    clearTimeout(timer);
    expect(order).toEqual(['after the turn', 'later']);
    expect(loopClock.now()).toBeGreaterThan(before);
  });
});
