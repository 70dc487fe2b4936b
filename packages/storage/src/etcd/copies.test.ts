import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CompactedError } from '../backend.ts';
import { startCuttingProxy } from '../testing/etcd/cutting-proxy.ts';
import { plain, put, remove, text, write } from '../testing/opened.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';
import { misses } from './testing/hears.ts';
import { rawEtcd } from './testing/raw-etcd.ts';

const A = '/g/r/c/a';
const B = '/g/r/c/b';

await describeWithEtcd('the local copy', ({ etcd, open, prefix, folder }) => {
  const nameOf = (own: string): string | undefined => readdirSync(own).find((name) => name.startsWith('copy-'));

  it('is gone on with at the next start, what happened meanwhile included', async () => {
    const [shared, own] = [prefix(), folder()];
    await using other = await open({ prefix: shared });
    const first = await open({ prefix: shared, folder: own });
    const one = await write(first, put(A, 'one'), put(B));
    const name = nameOf(own);
    await first[Symbol.asyncDispose]();
    const two = await write(other, put(A, 'two'), remove(B));
    await using second = await open({ prefix: shared, folder: own });
    await second.synced();
    expect(nameOf(own)).toBe(name);
    expect(plain(second.get(A))).toEqual([A, two - 1, 'two']);
    expect(plain(second.get(A, one))).toEqual([A, one - 1, 'one']);
    const changes = second.changes({ prefix: '', after: one, upTo: two, limit: 9 }).changes;
    expect(changes.map(({ key, revision }) => [key, revision])).toEqual([
      [A, two - 1],
      [B, two],
    ]);
  });

  it('of a new server goes back as far as the history of etcd', async () => {
    const shared = prefix();
    await using other = await open({ prefix: shared });
    const one = await write(other, put(A, 'one'), put(B));
    const two = await write(other, put(A, 'two'));
    await using fresh = await open({ prefix: shared });
    await fresh.synced();
    expect([fresh.compacted(), fresh.head()]).toEqual([0, two]);
    expect(plain(fresh.get(A, one))).toEqual([A, one - 1, 'one']);
    using raw = rawEtcd(etcd().url);
    await raw.compact();
    const three = await write(other, put(A, 'three'), remove(B));
    await using late = await open({ prefix: shared });
    await late.synced();
    expect([late.compacted(), late.head()]).toEqual([two, three]);
    expect(plain(late.get(A, two))).toEqual([A, two, 'two']);
    expect(() => late.get(A, one)).toThrow(CompactedError);
    expect(late.newest('/g/r/')).toBe(three);
    // What was deleted before it was loaded it cannot know: every scope counts as written then.
    expect(late.newest('/other/r/')).toBe(two);
  });

  it('is loaded page by page, every row with its own revision', async () => {
    const shared = prefix();
    await using other = await open({ prefix: shared });
    const keys = Array.from({ length: 450 }, (_, at) => `/g/r/c${at % 5}/${String(at).padStart(3, '0')}`);
    for (let at = 0; at < keys.length; at += 90) {
      await write(other, ...keys.slice(at, at + 90).map((key) => put(key, 'x'.repeat(200))));
    }
    using raw = rawEtcd(etcd().url);
    await raw.compact();
    const told: [number, number][] = [];
    const progress = (done: number, of: number): void => void told.push([done, of]);
    await using fresh = await open({ prefix: shared, tuning: { loadRows: 70 }, progress });
    expect(fresh.range({ prefix: '' }).rows.map(plain)).toEqual(other.range({ prefix: '' }).rows.map(plain));
    expect(told[0]).toEqual([0, 450]);
    expect(told.at(-1)).toEqual([450, 450]);
    expect(told.length).toBeGreaterThan(6);
  });

  it('that fell behind the history is loaded anew, and says that it missed something', async () => {
    await using proxy = await startCuttingProxy(etcd().port);
    const shared = prefix();
    await using other = await open({ prefix: shared });
    await using behind = await open({ prefix: shared, servers: [`http://127.0.0.1:${proxy.port}`] });
    const one = await write(behind, put(A, 'one'), put(B));
    proxy.close();
    await write(other, put(A, 'two'));
    const three = await write(other, put(A, 'three'), remove(B));
    using raw = rawEtcd(etcd().url);
    await raw.compact();
    const missed = misses(behind);
    proxy.open();
    expect(await missed).toBe(one);
    expect([behind.head(), behind.compacted()]).toEqual([three, three]);
    expect(behind.range({ prefix: '' }).rows.map(plain)).toEqual([[A, three - 1, 'three']]);
    expect(() => behind.changes({ prefix: '/g/r/', after: one, upTo: three, limit: 9 })).toThrow(CompactedError);
    expect(behind.newest('/g/r/')).toBe(three);
    const four = await write(behind, put(B, 'four'));
    expect(plain(behind.get(B))).toEqual([B, four, 'four']);
    await other.synced();
    expect(plain(other.get(B))).toEqual([B, four, 'four']);
  });

  it('is not trusted where it was not flushed in this run of the machine, or is of another store', async () => {
    const [shared, own] = [prefix(), folder()];
    const first = await open({ prefix: shared, folder: own });
    await write(first, put(A, 'one'));
    const name = nameOf(own) ?? '';
    await first[Symbol.asyncDispose]();
    const file = join(own, 'copy.json');
    const facts: unknown = JSON.parse((await import('node:fs')).readFileSync(file, 'utf8'));
    expect(facts).toMatchObject({ name, run: 'flushed' });
    writeFileSync(file, JSON.stringify({ ...Object(facts), run: 'an earlier one' }));
    const second = await open({ prefix: shared, folder: own });
    await second.synced();
    expect(text(second.get(A)?.value)).toBe('one');
    expect(nameOf(own)).not.toBe(name);
    await second[Symbol.asyncDispose]();
    await using third = await open({ folder: own });
    expect([third.head(), third.get(A)]).toEqual([0, undefined]);
    expect(readdirSync(own).filter((entry) => entry.startsWith('copy-'))).toHaveLength(1);
  });

  it('is for one process at a time', async () => {
    const own = folder();
    await using _ = await open({ folder: own });
    await expect(open({ folder: own })).rejects.toMatchObject({ name: 'StoreUnusableError' });
  });

  describe('and what others do to etcd', () => {
    it('rows that a tool deletes are deleted everywhere, rows that it puts are left out', async () => {
      const shared = prefix();
      await using one = await open({ prefix: shared });
      await using other = await open({ prefix: shared });
      await write(one, put(A), put(B));
      using raw = rawEtcd(etcd().url);
      await raw.put(`${shared}/rows/g/r/c/intruder`, 'x');
      await raw.change({ delete: { key: Buffer.from(`${shared}/rows${A}`) } });
      const last = await write(one, put(B, 'last'));
      await other.synced();
      for (const backend of [one, other]) {
        expect(backend.range({ prefix: '' }).rows.map(plain)).toEqual([[B, last, 'last']]);
      }
      expect(other.changes({ prefix: A, after: 0, upTo: last, limit: 9 })).toEqual(
        one.changes({ prefix: A, after: 0, upTo: last, limit: 9 }),
      );
    });
  });
});
