import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Lineages, rowBefore } from './lineage.ts';
import { openTablesIn } from './open-tables.ts';
import type { Tables } from './tables.ts';

const root = mkdtempSync(join(tmpdir(), 'lineage-'));
afterAll(() => rmSync(root, { recursive: true }));

const KEY = '/g/r/c/hot';

/** Revisions 1 to `count` of one key, each holding its number. */
const writeMany = async (tables: Tables, count: number): Promise<void> => {
  for (let start = 1; start <= count; start += 100) {
    await tables.env.batch(() => {
      const lineages = new Lineages(tables);
      for (let revision = start; revision < start + 100; revision += 1) {
        const before = revision === 1 ? undefined : { revision: revision - 1, value: Buffer.from(`${revision - 1}`) };
        const previous = before === undefined ? undefined : { key: KEY, ...before };
        const lineage = lineages.add({ key: KEY, revision, value: undefined, previous });
        void tables.log.put(revision, { key: KEY, deleted: false, lineage, previous: before }, { append: true });
      }
    });
    tables.env.resetReadTxn();
  }
};

describe('looking for what a hot key held', () => {
  it('takes few steps, however many writes lie between', async () => {
    await using resources = new AsyncDisposableStack();
    const tables = openTablesIn({ folder: root, resources, sync: false });
    const count = 10_000;
    await writeMany(tables, count);
    let most = 0;
    for (let at = 0; at < count; at += 7) {
      let steps = 0;
      const get = (revision: number) => {
        steps += 1;
        return tables.lineage.get(revision);
      };
      const row = rowBefore({ ...tables, lineage: Object.assign(Object.create(tables.lineage), { get }) }, count, at);
      expect([row?.revision, row?.value.toString()]).toEqual(at === 0 ? [undefined, undefined] : [at, String(at)]);
      most = Math.max(most, steps);
    }
    expect(most).toBeLessThan(3 * Math.log2(count));
  });
});
