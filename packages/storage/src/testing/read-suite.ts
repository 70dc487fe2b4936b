import { describe, expect, it } from '@jest/globals';
import { CompactedError, FutureRevisionError } from '../backend.ts';
import type { OpenBackend } from './opened.ts';
import { keysOf, plain, put, remove, text, write } from './opened.ts';

/** In the order of their UTF-8 bytes, which is not that of their UTF-16 units, nor of any language. */
const ORDERED = [
  '//pods/c/a',
  '/g/r-x/c/a',
  '/g/r/c/',
  '/g/r/c/10',
  '/g/r/c/9',
  '/g/r/c/A',
  '/g/r/c/__proto__',
  '/g/r/c/constructor',
  '/g/r/c/x',
  '/g/r/c/x-b',
  '/g/r/c/x/a',
  '/g/r/c/xa',
  '/g/r/c/~',
  '/g/r/c/é',
  '/g/r/c/日本',
  '/g/r/c/\u{fffd}',
  '/g/r/c/\u{10000}',
  '/g/r/c/\u{10ffff}',
  '/g/r/c/\u{10ffff}\u{10ffff}',
  '/g/r/d/a',
].filter((key) => !key.endsWith('/'));

/** What lists, gets and counts answer. */
export const readSuite = (open: OpenBackend): void => {
  describe('a range', () => {
    it('is in the order of the UTF-8 bytes of its keys', async () => {
      await using backend = await open();
      await write(backend, ...[...ORDERED].reverse().map((key) => put(key, key)));
      const { rows, more } = backend.range({ prefix: '' });
      expect(keysOf(rows)).toEqual(ORDERED);
      expect(rows.map(({ value }) => text(value))).toEqual(ORDERED);
      expect(more).toBe(false);
    });

    it('holds what begins with its prefix, and nothing else', async () => {
      await using backend = await open();
      await write(backend, ...ORDERED.map((key) => put(key)));
      for (const prefix of ['/g/r', '/g/r/', '/g/r/c/', '/g/r/c/x', '/g/r/c/\u{10ffff}', '/g/r/c/x/', '//', '/none/']) {
        const expected = ORDERED.filter((key) => key.startsWith(prefix));
        expect(keysOf(backend.range({ prefix }).rows)).toEqual(expected);
        expect(backend.count({ prefix })).toBe(expected.length);
      }
    });

    it('comes in pages at one revision while others write', async () => {
      await using backend = await open();
      await write(backend, ...ORDERED.map((key) => put(key, 'old')));
      const at = backend.head();
      const found: string[] = [];
      for (let after: string | undefined, more = true; more;) {
        const page = backend.range({ prefix: '', limit: 3, at, ...(after === undefined ? {} : { after }) });
        found.push(...page.rows.map(({ key, value }) => `${key}=${text(value)}`));
        ({ more } = page);
        after = page.rows.at(-1)?.key;
        expect(page.revision).toBe(at);
        await write(backend, put(ORDERED[found.length] ?? '/g/r/c/new', 'new'), put(`/g/r/c/a${found.length}`));
        await write(backend, remove(ORDERED.at(-1) ?? ''));
      }
      expect(found).toEqual(ORDERED.map((key) => `${key}=old`));
    });

    it('knows whether it was cut, and starts after a key that need not exist', async () => {
      await using backend = await open();
      await write(backend, put('/g/r/c/a'), put('/g/r/c/c'), put('/g/r/c/e'));
      const page = (limit: number, after?: string) => {
        const { rows, more } = backend.range({ prefix: '/g/r/c/', limit, ...(after === undefined ? {} : { after }) });
        return [keysOf(rows).map((key) => key.at(-1)), more];
      };
      expect(page(2)).toEqual([['a', 'c'], true]);
      expect(page(3)).toEqual([['a', 'c', 'e'], false]);
      expect(page(1, '/g/r/c/b')).toEqual([['c'], true]);
      expect(page(9, '/g/r/c/e')).toEqual([[], false]);
      expect(page(9, '/a')).toEqual([['a', 'c', 'e'], false]);
      expect(page(9, '/z')).toEqual([[], false]);
      expect(page(0)).toEqual([[], true]);
    });

    it('finds what it held before more changes than one wants to read', async () => {
      await using backend = await open();
      const keys = Array.from({ length: 100 }, (_, at) => `/g/r/c/${String(at).padStart(3, '0')}`);
      await write(backend, ...keys.map((key) => put(key, 'old')));
      const at = backend.head();
      for (let round = 0; round < 12; round += 1) await write(backend, ...keys.map((key) => put(key, `new ${round}`)));
      await write(backend, ...keys.slice(50).map((key) => remove(key)));
      await write(backend, ...keys.map((key) => put(`${key}+`, 'later')));
      const { rows } = backend.range({ prefix: '/g/r/', at });
      expect(rows.map(({ key, value }) => `${key}=${text(value)}`)).toEqual(keys.map((key) => `${key}=old`));
      const rest = backend.range({ prefix: '/g/r/', at, after: keys[48] ?? '', limit: 3 });
      expect(keysOf(rest.rows)).toEqual(keys.slice(49, 52));
      expect(backend.count({ prefix: '/g/', at })).toBe(100);
      expect(backend.count({ prefix: '/g/' })).toBe(150);
    });
  });

  describe('counting', () => {
    it('stops at its limit and heeds after and revision', async () => {
      await using backend = await open();
      const at = await write(backend, put('/g/r/c/a'), put('/g/r/c/b'), put('/g/r/c/c'));
      await write(backend, remove('/g/r/c/b'));
      const prefix = '/g/r/';
      expect(backend.count({ prefix })).toBe(2);
      expect(backend.count({ prefix, limit: 1 })).toBe(1);
      expect(backend.count({ prefix, after: '/g/r/c/a' })).toBe(1);
      expect(backend.count({ prefix, at })).toBe(3);
      expect(backend.count({ prefix, at, limit: 2, after: '/g/r/c/a' })).toBe(2);
      expect(backend.count({ prefix: '/none/' })).toBe(0);
    });

    it('sees neither half of what is being written', async () => {
      await using backend = await open();
      const keys = Array.from({ length: 20 }, (_, at) => `/g/r/c/${at}`);
      const at = await write(backend, ...keys.map((key) => put(key)));
      const prefix = '/g/r/c/';
      const seen: string[] = [];
      const over = new AbortController();
      const writing = (async () => {
        for (let round = 0; round < 20; round += 1) {
          const [first = '', second = ''] = [keys[round], keys[(round + 7) % 20]];
          await write(backend, put(first, 'anew'), remove(second), put(`${first}-more`), put(`${first}-most`));
          await write(backend, put(second), remove(`${first}-most`));
        }
        over.abort();
      })();
      while (!over.signal.aborted) {
        const [counted, listed] = [backend.count({ prefix }), backend.range({ prefix }).rows.length];
        if (counted !== listed || backend.count({ prefix, at }) !== 20) seen.push(`${counted} of ${listed}`);
        await new Promise(setImmediate);
      }
      await writing;
      expect(seen).toEqual([]);
      expect(backend.count({ prefix })).toBe(40);
    });
  });

  describe('the newest revision', () => {
    it('is kept for resources and their clusters, deletions and compaction included', async () => {
      await using backend = await open();
      const scopes = ['/g/r/', '/g/r/c/', '/g/r/d/', '/g/s/', '//r/', '//r/c/'];
      const newest = () => scopes.map((scope) => backend.newest(scope));
      expect(newest()).toEqual([0, 0, 0, 0, 0, 0]);
      const three = await write(backend, put('/g/r/c/a'), put('/g/r/d/a'), put('//r/c/a'));
      const [one, two] = [three - 2, three - 1];
      expect(newest()).toEqual([two, one, two, 0, three, three]);
      const four = await write(backend, remove('/g/r/c/a'));
      await backend.compact(backend.head());
      expect(newest()).toEqual([four, four, two, 0, three, three]);
      const next = write(backend, put('/g/r/d/b'));
      expect(newest()).toEqual([four, four, two, 0, three, three]);
      const five = await next;
      expect(newest()).toEqual([five, four, five, 0, three, three]);
    });

    it('is asked of nothing else', async () => {
      await using backend = await open();
      for (const prefix of ['', '/', '/g/', '/g/r', '/g/r/c', '/g/r/c/n', '/g/r/c/n/']) {
        expect(() => backend.newest(prefix)).toThrow(TypeError);
      }
    });
  });

  describe('a revision', () => {
    it('above the head is refused', async () => {
      await using backend = await open();
      const at = 1 + (await write(backend, put('/g/r/c/a')));
      expect(() => backend.get('/g/r/c/a', at)).toThrow(FutureRevisionError);
      expect(() => backend.range({ prefix: '/', at })).toThrow(FutureRevisionError);
      expect(() => backend.count({ prefix: '/', at })).toThrow(FutureRevisionError);
      expect(() => backend.changes({ prefix: '/', after: 0, upTo: at, limit: 1 })).toThrow(FutureRevisionError);
      await expect(backend.compact(at)).rejects.toBeInstanceOf(FutureRevisionError);
      expect(backend.compacted()).toBe(0);
    });

    it('below the window is refused, at its edge it is not', async () => {
      await using backend = await open();
      const key = '/g/r/c/a';
      const at = await write(backend, put(key, 'one'));
      const two = await write(backend, put(key, 'two'));
      const three = await write(backend, put(key, 'three'));
      await backend.compact(two);
      await backend.compact(at);
      expect(backend.compacted()).toBe(two);
      expect(() => backend.get(key, at)).toThrow(CompactedError);
      expect(() => backend.range({ prefix: '/', at })).toThrow(CompactedError);
      expect(() => backend.count({ prefix: '/', at })).toThrow(CompactedError);
      expect(() => backend.changes({ prefix: '/', after: at, upTo: three, limit: 1 })).toThrow(CompactedError);
      expect(plain(backend.get(key, two))).toEqual([key, two, 'two']);
      expect(
        backend.changes({ prefix: '/', after: two, upTo: three, limit: 9 }).changes.map(({ revision }) => revision),
      ).toEqual([three]);
    });

    it('is readable however compaction and the next deletion of a key overlap', async () => {
      await using backend = await open();
      const key = '/g/r/c/a';
      for (let round = 0; round < 20; round += 1) {
        const gone = (await write(backend, put(key, 'before'))) && (await write(backend, remove(key)));
        const created = write(backend, put(key, 'between'));
        const deleted = write(backend, remove(key));
        if (round % 2 === 1) await Promise.resolve();
        const compacted = backend.compact(gone);
        const last = write(backend, put('/g/r/c/b'));
        await Promise.all([created, deleted, compacted, last]);
        const at = await created;
        expect(plain(backend.get(key, at))).toEqual([key, at, 'between']);
        expect(keysOf(backend.range({ prefix: '/g/r/c/a', at }).rows)).toEqual([key]);
        expect(keysOf(backend.range({ prefix: '/g/r/c/a' }).rows)).toEqual([]);
      }
    });

    it('of a row that nothing superseded outlives every compaction', async () => {
      await using backend = await open();
      const three = await write(backend, put('/g/r/c/a', 'one'), put('/g/r/c/b'), put('/g/r/c/d'));
      const five = await write(backend, remove('/g/r/c/b'), put('/g/r/c/d', 'two'));
      await backend.compact(five);
      expect(backend.range({ prefix: '/' }).rows.map(plain)).toEqual([
        ['/g/r/c/a', three - 2, 'one'],
        ['/g/r/c/d', five, 'two'],
      ]);
    });
  });
};
