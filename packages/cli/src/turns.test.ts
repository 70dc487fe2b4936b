import { describe, expect, it } from '@jest/globals';
import { turns } from './turns.ts';

describe('turns', () => {
  it('are taken so many at once, in the order they were asked for', async () => {
    const take = turns(2);
    const began: number[] = [];
    const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const all = gates.map((gate, at) => take(async () => (began.push(at), await gate.promise, at)));
    await Promise.resolve();
    expect(began).toEqual([0, 1]);
    gates[1]?.resolve();
    await all[1];
    expect(began).toEqual([0, 1, 2]);
    gates[0]?.resolve();
    gates[2]?.resolve();
    await Promise.all([all[0], all[2]]);
    gates[3]?.resolve();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it('pass on where a task fails', async () => {
    const take = turns(1);
    const failed = take(() => Promise.reject(new Error('no')));
    const next = take(() => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
