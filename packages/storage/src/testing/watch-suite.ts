import { describe, expect, it } from '@jest/globals';
import type { Change } from '../backend.ts';
import type { OpenBackend } from './opened.ts';
import { plain, put, remove, text, write } from './opened.ts';

const A = '/g/r/c/n/a';
const B = '/g/r/c/n/b';

const told = ({ key, revision, value, previous }: Change) => [key, revision, text(value), plain(previous)?.slice(1)];

/** What watchers hear, live and from the past. */
export const watchSuite = (open: OpenBackend): void => {
  describe('a listener', () => {
    it('hears whole commits in order, exactly once, before their promises fulfil', async () => {
      await using backend = await open();
      const events: string[] = [];
      using _ = backend.subscribe((changes) => {
        expect(backend.head()).toBe(changes.at(-1)?.revision);
        events.push(...changes.map(({ revision }) => `heard ${revision}`));
      });
      const commits = [[put(A)], [put(B), put(`${B}b`)], [remove(A)], [put(A)]].map(async (writes) => {
        const result = await backend.commit([], writes);
        if (result.kind === 'committed') events.push(...result.revisions.map((revision) => `done ${revision}`));
      });
      await Promise.all(commits);
      const of = (what: string) =>
        events.flatMap((event) => (event.startsWith(what) ? [Number(event.slice(what.length))] : []));
      const revisions = of('done').toSorted((left, right) => left - right);
      expect(revisions).toHaveLength(5);
      expect(of('heard')).toEqual(revisions);
      for (const revision of revisions) {
        expect(events.indexOf(`heard ${revision}`)).toBeLessThan(events.indexOf(`done ${revision}`));
      }
    });

    it('is told what was there before, by commits not durable yet too', async () => {
      await using backend = await open();
      const heard: Change[] = [];
      using _ = backend.subscribe((changes) => heard.push(...changes));
      const writes = [write(backend, put(A, 'one')), write(backend, put(A, 'two')), write(backend, remove(A))];
      const [one, two, three] = await Promise.all(writes);
      const four = await write(backend, put(A, 'three'));
      const expected = [
        [A, one, 'one', undefined],
        [A, two, 'two', [one, 'one']],
        [A, three, undefined, [two, 'two']],
        [A, four, 'three', undefined],
      ];
      expect(heard.map(told)).toEqual(expected);
      expect(backend.changes({ prefix: '', after: 0, upTo: four, limit: 9 }).changes.map(told)).toEqual(expected);
    });

    it('reads the state that it was told of', async () => {
      await using backend = await open();
      const seen: unknown[] = [];
      using _ = backend.subscribe(() =>
        seen.push([backend.head(), text(backend.get(A)?.value), backend.newest('/g/r/')]),
      );
      const one = await write(backend, put(A, 'one'));
      const two = await write(backend, put(A, 'two'));
      const three = await write(backend, remove(A));
      expect(seen).toEqual([
        [one, 'one', one],
        [two, 'two', two],
        [three, undefined, three],
      ]);
    });

    it('hears nothing from before, and nothing once it is disposed', async () => {
      await using backend = await open();
      await write(backend, put(A));
      const heard: number[] = [];
      const listener = (changes: readonly Change[]) => void heard.push(...changes.map(({ revision }) => revision));
      const first = backend.subscribe(listener);
      const second = backend.subscribe(listener);
      const two = await write(backend, put(A));
      first[Symbol.dispose]();
      const three = await write(backend, put(A));
      second[Symbol.dispose]();
      await write(backend, put(A));
      expect(heard).toEqual([two, two, three]);
    });
  });

  describe('the past', () => {
    it('resumes between two events of one commit', async () => {
      await using backend = await open();
      const two = await write(backend, put(A, 'one'), put(B, 'two'));
      const page = backend.changes({ prefix: '/g/r/', after: two - 1, upTo: two, limit: 9 });
      expect(page.changes.map(told)).toEqual([[B, two, 'two', undefined]]);
      expect(page.more).toBe(false);
    });

    it('comes in pages that leave nothing out', async () => {
      await using backend = await open();
      const written: number[] = [];
      for (let count = 0; count < 7; count += 1) {
        written.push(await write(backend, put(count % 2 === 0 ? A : B, String(count))));
      }
      const found: number[] = [];
      for (let after = 0, more = true; more; after = found.at(-1) ?? 0) {
        const page = backend.changes({ prefix: '/g/r/c/', after, upTo: written[5] ?? 0, limit: 2 });
        found.push(...page.changes.map(({ revision }) => revision));
        ({ more } = page);
      }
      expect(found).toEqual(written.slice(0, 6));
    });

    it('is told by prefix, however narrow or wide', async () => {
      await using backend = await open();
      const keys = [A, '/g/r/d/n/a', '/g/s/c/n/a', '//r/c/n/a', '/g/r/c/nn/a'];
      const upTo = await write(backend, ...keys.map((key) => put(key)));
      const found = (prefix: string) =>
        backend.changes({ prefix, after: 0, upTo, limit: 9 }).changes.map(({ revision }) => revision - upTo + 5);
      expect(found('')).toEqual([1, 2, 3, 4, 5]);
      expect(found('/g/')).toEqual([1, 2, 3, 5]);
      expect(found('/g/r/')).toEqual([1, 2, 5]);
      expect(found('/g/r/c/')).toEqual([1, 5]);
      expect(found('/g/r/c/n/')).toEqual([1]);
      expect(found(A)).toEqual([1]);
      expect(found('//r/')).toEqual([4]);
      expect(found('/none/r/c/')).toEqual([]);
    });
  });
};
