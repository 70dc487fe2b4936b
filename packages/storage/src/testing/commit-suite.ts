import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../backend.ts';
import { TooLargeError } from '../backend.ts';
import type { OpenBackend } from './opened.ts';
import { bytes, plain, put, remove, revisionsOf, text, write } from './opened.ts';

const A = '/g/r/c/a';
const B = '/g/r/c/b';

const is = (key: string, revision: number): Condition => ({ kind: 'revision', key, revision });

/** What becomes of commits. */
export const commitSuite = (open: OpenBackend): void => {
  describe('a commit', () => {
    it('gives each write its own, consecutive revision', async () => {
      await using backend = await open();
      expect(backend.head()).toBe(0);
      const [first = 0, second] = revisionsOf(await backend.commit([], [put(A), put(B)]));
      expect([first > 0, second]).toEqual([true, first + 1]);
      expect(backend.head()).toBe(second);
      const [third = 0, fourth, ...none] = revisionsOf(await backend.commit([], [remove(A), put(`${A}a`)]));
      expect([third > first + 1, fourth, none]).toEqual([true, third + 1, []]);
      expect(backend.head()).toBe(fourth);
      expect(backend.get(A)).toBeUndefined();
      expect(backend.get(B)?.revision).toBe(second);
      expect(backend.get(`${A}a`)?.revision).toBe(fourth);
    });

    it('happens only where all its conditions hold, and says which does not', async () => {
      await using backend = await open();
      const one = await write(backend, put(A, 'one'));
      for (const wrong of [is(A, one + 1), is(A, one + 700), is(A, 0)]) {
        const result = await backend.commit([{ kind: 'exists', key: A }, wrong], [put(B)]);
        expect(result).toMatchObject({ kind: 'refused', condition: wrong });
        expect(result.kind === 'refused' ? plain(result.current) : undefined).toEqual([A, one, 'one']);
      }
      expect(await backend.commit([{ kind: 'exists', key: B }], [])).toMatchObject({
        kind: 'refused',
        current: undefined,
      });
      expect(await backend.commit([is(B, 0), is(A, one)], [])).toEqual({ kind: 'committed', revisions: [] });
      expect(backend.head()).toBe(one);
    });

    it('is refused for a revision that another key has', async () => {
      await using backend = await open();
      const [one = 0, two = 0] = revisionsOf(await backend.commit([], [put(A), put(B)]));
      expect(await backend.commit([is(A, two)], [put(A)])).toMatchObject({
        kind: 'refused',
        current: { revision: one },
      });
      expect(await backend.commit([is(B, one)], [put(B)])).toMatchObject({
        kind: 'refused',
        current: { revision: two },
      });
    });

    it('is decided against commits that are decided but not durable yet', async () => {
      await using backend = await open();
      const first = backend.commit([is(A, 0)], [put(A, 'one')]);
      const second = backend.commit([is(A, 0)], [put(A, 'two')]);
      const third = backend.commit([{ kind: 'exists', key: A }], [put(A, 'three')]);
      const fourth = backend.commit([{ kind: 'exists', key: A }], [remove(A)]);
      const fifth = backend.commit([{ kind: 'exists', key: A }], [put(B)]);
      expect(backend.get(A)).toBeUndefined();
      expect(backend.head()).toBe(0);
      const [one = 0] = revisionsOf(await first);
      const refused = await second;
      expect(refused.kind === 'refused' ? plain(refused.current) : undefined).toEqual([A, one, 'one']);
      const [three = 0] = revisionsOf(await third);
      const [four = 0] = revisionsOf(await fourth);
      expect([one < three, three < four]).toEqual([true, true]);
      expect(await fifth).toMatchObject({ kind: 'refused', current: undefined });
    });

    it('tells a refusal only when what it rests on is durable', async () => {
      await using backend = await open();
      const first = backend.commit([], [put(A)]);
      const refused = await backend.commit([is(A, 0)], [put(A)]);
      expect(refused.kind === 'refused' ? refused.current?.revision : 0).toBe(backend.head());
      expect(revisionsOf(await first)).toEqual([backend.head()]);
    });

    it('lets exactly one of many that want the same thing through', async () => {
      await using backend = await open();
      const results = await Promise.all(Array.from({ length: 50 }, () => backend.commit([is(A, 0)], [put(A)])));
      expect(results.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
    });

    it('writes again what was deleted', async () => {
      await using backend = await open();
      const one = await write(backend, put(A, 'one'));
      const gone = await write(backend, remove(A));
      const [two = 0] = revisionsOf(await backend.commit([is(A, 0)], [put(A, 'two')]));
      expect([one, gone, two].map((at) => text(backend.get(A, at)?.value))).toEqual(['one', undefined, 'two']);
    });

    it('takes a revision for the deletion of nothing, and tells nobody', async () => {
      await using backend = await open();
      const heard: unknown[] = [];
      using _ = backend.subscribe((changes) => heard.push(...changes));
      const revision = await write(backend, remove(A));
      expect([backend.head(), backend.newest('/g/r/'), heard.length]).toEqual([revision, 0, 0]);
      const nothing = { changes: [], more: false };
      expect(backend.changes({ prefix: '/', after: 0, upTo: revision, limit: 10 })).toEqual(nothing);
      const [first = 0, second] = revisionsOf(await backend.commit([], [remove(A), put(B)]));
      expect([second, backend.get(B)?.revision, backend.head()]).toEqual([first + 1, first + 1, first + 1]);
      expect(heard).toMatchObject([{ key: B, revision: first + 1 }]);
    });

    it('is refused beyond 100 keys or 1 MiB', async () => {
      await using backend = await open();
      const many = (count: number) => Array.from({ length: count }, (_, at) => put(`${A}${at}`));
      const big = (size: number) => put(B, 'x'.repeat(size - B.length));
      await expect(backend.commit([], many(101))).rejects.toBeInstanceOf(TooLargeError);
      await expect(backend.commit([], [big(1024 * 1024 + 1)])).rejects.toBeInstanceOf(TooLargeError);
      await expect(backend.commit([], [put(`/g/r/c/${'k'.repeat(1_500)}`)])).rejects.toBeInstanceOf(TooLargeError);
      expect(backend.head()).toBe(0);
      expect(await write(backend, ...many(100))).toBe(backend.head());
      expect(backend.count({ prefix: '/g/' })).toBe(100);
      await write(backend, big(1024 * 1024));
      expect(backend.get(B)?.value).toHaveLength(1024 * 1024 - B.length);
      const longest = `/g/r/c/${'k'.repeat(1_493)}`;
      await write(backend, put(longest, 'one'));
      await write(backend, put(longest, 'two'));
      expect(text(backend.get(longest, backend.head() - 1)?.value)).toBe('one');
    });

    it('is refused where a key is none, or occurs twice', async () => {
      await using backend = await open();
      for (const key of ['', '/g/r/c', '/g/r/c/', 'g/r/c/a', '/g/r/c/\0', '/g/r/c/\ud800']) {
        await expect(backend.commit([], [put(key)])).rejects.toBeInstanceOf(TypeError);
      }
      await expect(backend.commit([], [put(A), put(A)])).rejects.toBeInstanceOf(TypeError);
      expect(backend.head()).toBe(0);
    });

    it('with a sequel shows both to watchers and the second to readers, or leaves the sequel out', async () => {
      await using backend = await open();
      const heard: (string | undefined)[] = [];
      using _ = backend.subscribe((changes) => {
        for (const { key, value, previous } of changes)
          if (key === A) heard.push(`${text(previous?.value)} → ${text(value)}`);
      });
      const commit = await backend.commit([is(A, 0)], [put(A, 'one'), put(B)], [put(A, 'two')]);
      const [one = 0, ...more] = revisionsOf(commit);
      const isWhole = more.length === 2;
      expect(more).toEqual(isWhole ? [one + 1, one + 2] : [one + 1]);
      expect(plain(backend.get(A))).toEqual(isWhole ? [A, one + 2, 'two'] : [A, one, 'one']);
      expect(heard).toEqual(isWhole ? ['undefined → one', 'one → two'] : ['undefined → one']);
      expect(text(backend.get(A, backend.head())?.value)).toBe(isWhole ? 'two' : 'one');
      const { changes } = backend.changes({ prefix: '/g/r/c/a', after: 0, upTo: backend.head(), limit: 10 });
      expect(changes.map(({ value }) => text(value))).toEqual(isWhole ? ['one', 'two'] : ['one']);
      const [last = 0] = revisionsOf(await backend.commit([is(A, more[1] ?? one)], [put(A, 'three')]));
      expect(text(backend.get(A, last - 1)?.value)).toBe(isWhole ? 'two' : 'one');
    });

    it('leaves out sequels that do not fit, and does none where it is refused', async () => {
      await using backend = await open();
      const many = Array.from({ length: 99 }, (_, at) => put(`${A}${at}`));
      expect(revisionsOf(await backend.commit([], [...many, put(A)], [put(A, 'more')]))).toHaveLength(100);
      const half = 'x'.repeat(600_000);
      expect(revisionsOf(await backend.commit([], [put(B, half)], [put(B, `${half}more`)]))).toHaveLength(1);
      expect(text(backend.get(A)?.value)).toBe('value');
      expect(await backend.commit([is(A, 0)], [put(A)], [put(A, 'more')])).toMatchObject({ kind: 'refused' });
      expect(text(backend.get(A)?.value)).toBe('value');
    });

    it('keeps what was decided when the store is closed, and takes nothing after', async () => {
      const backend = await open();
      const last = backend.commit([], [put(A)]);
      const closed = backend[Symbol.asyncDispose]();
      await expect(backend.commit([], [put(B)])).rejects.toMatchObject({ name: 'StoreUnusableError' });
      await closed;
      expect(revisionsOf(await last)).toHaveLength(1);
    });
  });

  describe('a row', () => {
    it('owns its bytes', async () => {
      await using backend = await open();
      await write(backend, put(A, 'aaaa'), put(B, 'bbbb'));
      const a = backend.get(A);
      const listed = backend.range({ prefix: '/g/' }).rows;
      for (let count = 0; count < 20; count += 1) await write(backend, put(A, `cccc${count}`), put(B, `dddd${count}`));
      backend.get(B);
      backend.range({ prefix: '/g/' });
      expect(a?.value).toEqual(bytes('aaaa'));
      expect(listed.map(({ value }) => text(value))).toEqual(['aaaa', 'bbbb']);
    });

    it('may be empty, or large', async () => {
      await using backend = await open();
      const large = 'x'.repeat(700_000);
      const at = await write(backend, put(A, ''), put(B, large));
      await write(backend, put(B, 'small'));
      expect([text(backend.get(A)?.value), text(backend.get(B, at)?.value)]).toEqual(['', large]);
      expect(backend.range({ prefix: '/g/', at }).rows.map(({ value }) => value.length)).toEqual([0, 700_000]);
    });
  });
};
