import { describe, expect, it } from '@jest/globals';
import { Effort, OutOfBudget } from './effort.ts';

describe('the effort of one request', () => {
  it('has an end, whoever spends it', () => {
    const effort = new Effort(10);
    effort.pay(6);
    expect(() => effort.pay(5)).toThrow(OutOfBudget);
    effort.pay(4);
    expect(() => effort.pay(1)).toThrow('running out of cost budget');
  });

  it('rests where it has lasted long, and begins anew after it', async () => {
    let now = 0;
    const effort = new Effort(10, () => now);
    now = 4;
    expect(effort.rest()).toBeUndefined();
    now = 5;
    const order: string[] = [];
    setImmediate(() => order.push('others'));
    await effort.rest();
    order.push('this');
    expect(order).toEqual(['others', 'this']);
    expect(effort.rest()).toBeUndefined();
  });
});
