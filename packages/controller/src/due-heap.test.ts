import { describe, expect, it } from '@jest/globals';
import type { Due } from './due-heap.ts';
import { DueHeap } from './due-heap.ts';

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
}

describe('a heap of what is due', () => {
  it('gives the soonest first, whatever is added and taken out', () => {
    const next = numbers(7);
    const heap = new DueHeap<Due>();
    const model = new Set<Due>();
    for (let step = 0; step < 5_000; step++) {
      const [any] = [...model].slice(next() % Math.max(model.size, 1));
      if (any !== undefined && next() % 3 === 0) {
        heap.remove(any);
        model.delete(any);
        expect(any.slot).toBe(-1);
      } else {
        const item = { at: next() % 100, slot: -1 };
        heap.add(item);
        model.add(item);
      }
      if (model.size > 40) {
        for (const item of [...model].slice(20)) {
          heap.remove(item);
          model.delete(item);
        }
      }
      expect(heap.size).toBe(model.size);
      expect(heap.first()?.at).toBe(model.size === 0 ? undefined : Math.min(...[...model].map((item) => item.at)));
    }
  });
});
