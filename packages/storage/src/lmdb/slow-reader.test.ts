import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import { CompactedError } from '../backend.ts';
import type { Backend } from '../backend.ts';
import { put, write } from '../testing/opened.ts';
import { openLmdbStore } from './open-store.ts';

const root = mkdtempSync(join(tmpdir(), 'slow-reader-'));
afterAll(() => rmSync(root, { recursive: true }));

const KEYS = Array.from({ length: 100 }, (_, at) => `/g/r/c/${String(at).padStart(3, '0')}`);

/** Rewrites everything some times, and forgets what that superseded. */
const churn = async (store: Backend, rounds: number): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    await write(store, ...KEYS.map((key) => put(key, `${round}`.repeat(400))));
    await store.compact(store.head());
  }
};

describe('a reader that takes its time between pages', () => {
  it('is told when its revision is gone, and does not make the data file grow', async () => {
    const folder = join(root, 'store');
    const blocks = (): number => statSync(join(folder, 'data.mdb')).blocks;
    await using store = await openLmdbStore({ folder, logger: silentLogger, reserveBytes: 0 });
    await churn(store, 20);
    const settled = blocks();
    const at = store.head();
    const page = store.range({ prefix: '/g/', at, limit: 20 });
    expect(page.more).toBe(true);
    await churn(store, 60);
    expect(blocks()).toBeLessThan(1.2 * settled);
    expect(() => store.range({ prefix: '/g/', at, limit: 20, after: page.rows.at(-1)?.key ?? '' })).toThrow(
      CompactedError,
    );
    expect(page.rows.every(({ value }) => Buffer.from(value).toString() === '19'.repeat(400))).toBe(true);
  });
});
