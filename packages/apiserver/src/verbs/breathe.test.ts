import { describe, expect, it } from '@jest/globals';
import { breathe, Pace } from './breathe.ts';

describe('breathe', () => {
  it('lets one of many go on in each turn of the loop, in the order in which they came', async () => {
    let turn = 0;
    const ticks = (): void => {
      turn += 1;
      if (turn < 50) setImmediate(ticks);
    };
    setImmediate(ticks);
    const went: [name: string, turn: number][] = [];
    const work = async (name: string): Promise<void> => {
      for (let step = 0; step < 2; step += 1) {
        await breathe();
        went.push([name, turn]);
      }
    };
    await Promise.all(['a', 'b', 'c'].map(work));
    expect(went.map(([name]) => name)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(new Set(went.map(([, at]) => at)).size).toBe(6);
  });
});

describe('a pace', () => {
  it('goes on until its turn is over', async () => {
    const pace = new Pace();
    expect(pace.isOver).toBe(false);
    const began = performance.now();
    while (performance.now() - began < 6);
    expect(pace.isOver).toBe(true);
    let others = false;
    setImmediate(() => (others = true));
    await pace.turn();
    expect([others, pace.isOver]).toEqual([true, false]);
  });
});
