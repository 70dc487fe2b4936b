import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../backend.ts';
import type { OpenBackend } from './opened.ts';
import { plain, put, remove, revisionsOf } from './opened.ts';

const A = '/g/r/c/a';
const B = '/g/r/c/b';

const is = (key: string, revision: number): Condition => ({ kind: 'revision', key, revision });

/** What is true besides of engines that count their revisions. */
export const countedSuite = (open: OpenBackend): void => {
  describe('a revision that is counted', () => {
    it('is the one after the newest', async () => {
      await using backend = await open();
      expect(revisionsOf(await backend.commit([], [put(A), put(B)]))).toEqual([1, 2]);
      expect(revisionsOf(await backend.commit([], [remove(A)]))).toEqual([3]);
      expect(backend.head()).toBe(3);
    });

    it('can be a condition before it is durable', async () => {
      await using backend = await open();
      const first = backend.commit([is(A, 0)], [put(A, 'one')]);
      const second = backend.commit([is(A, 0)], [put(A, 'two')]);
      const third = backend.commit([is(A, 1)], [put(A, 'three')]);
      const fourth = backend.commit([is(A, 2)], [remove(A)]);
      const fifth = backend.commit([{ kind: 'exists', key: A }], [put(B)]);
      expect(revisionsOf(await first)).toEqual([1]);
      const refused = await second;
      expect(refused.kind === 'refused' ? plain(refused.current) : undefined).toEqual([A, 1, 'one']);
      expect(revisionsOf(await third)).toEqual([2]);
      expect(revisionsOf(await fourth)).toEqual([3]);
      expect(await fifth).toMatchObject({ kind: 'refused', current: undefined });
    });
  });
};
