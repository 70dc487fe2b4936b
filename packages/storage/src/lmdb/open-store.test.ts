import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import { StoreUnusableError } from '../backend.ts';
import { put, text, write } from '../testing/opened.ts';
import { Batch } from '../batch.ts';
import { openLmdbStore } from './open-store.ts';
import type { Tables } from './tables.ts';
import { FORMAT, META, UNPACKED_FORMAT, openEnvironment, openMeta, openTables } from './tables.ts';
import { scopesOfBatch, writeBatch } from './write-batch.ts';

const root = mkdtempSync(join(tmpdir(), 'open-store-'));
afterAll(() => rmSync(root, { recursive: true }));

const WRITER = fileURLToPath(new URL('fixtures/writer.ts', import.meta.url));
const KEY = '/g/r/c/a';

const open = (folder: string) => openLmdbStore({ folder, logger: silentLogger, reserveBytes: 0 });

/** A folder with a store that holds one row. */
const stored = async (): Promise<string> => {
  const folder = join(mkdtempSync(join(root, 'store-')), 'data');
  await using store = await open(folder);
  await write(store, put(KEY, 'value'));
  return folder;
};

/** The tables as they were before rows were packed. */
const openTablesOfFormat1 = (folder: string, resources: AsyncDisposableStack): Tables => {
  mkdirSync(folder, { mode: 0o700 });
  const env = openEnvironment({ file: join(folder, 'data.mdb'), sync: true });
  resources.defer(() => env.close());
  const meta = openMeta(env);
  meta.putSync(META.format, UNPACKED_FORMAT);
  return openTables(env, meta);
};

const refused = async (folder: string, words: RegExp): Promise<void> => {
  const file = join(folder, 'data.mdb');
  const before = readFileSync(file);
  const opening = open(folder);
  await expect(opening).rejects.toThrow(words);
  await expect(opening).rejects.toBeInstanceOf(StoreUnusableError);
  expect(readFileSync(file).equals(before)).toBe(true);
};

describe('opening a store', () => {
  it('finds what was written, and goes on counting', async () => {
    const folder = await stored();
    await using store = await open(folder);
    expect([store.head(), text(store.get(KEY)?.value)]).toEqual([1, 'value']);
    expect(await write(store, put(KEY, 'more'))).toBe(2);
    expect(text(store.get(KEY, 1)?.value)).toBe('value');
  });

  it('keeps everything from other users of the machine', async () => {
    const folder = await stored();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of ['data.mdb', 'data.mdb-lock', 'lock', 'owner']) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('refuses a folder in use here', async () => {
    const folder = await stored();
    await using _ = await open(folder);
    await refused(folder, /in use by process \d+/);
  });

  it('refuses a folder in use by another process', async () => {
    const folder = await stored();
    {
      await using _ = await open(folder);
      const second = promisify(execFile)(execPath, [WRITER, folder, join(root, 'marks'), '1', 'sync', '1']);
      await expect(second).rejects.toMatchObject({
        stderr: expect.stringMatching(/StoreUnusableError.*is in use by process/),
      });
    }
    await promisify(execFile)(execPath, [WRITER, folder, join(root, 'marks'), '1', 'sync', '1']);
    await using store = await open(folder);
    expect(store.head()).toBe(2);
  });

  it('refuses a file that is no store, and one that is cut off or damaged', async () => {
    const folder = await stored();
    const file = join(folder, 'data.mdb');
    const whole = join(root, 'whole');
    copyFileSync(file, whole);
    truncateSync(file, 5 * 4096);
    await refused(folder, /cut off/);
    truncateSync(file, 100);
    await refused(folder, /damaged/);
    writeFileSync(file, 'a shopping list\n'.repeat(1000));
    await refused(folder, /damaged/);
    copyFileSync(whole, file);
    const otherLmdb = readFileSync(file);
    otherLmdb.writeUInt32LE(9, 28);
    writeFileSync(file, otherLmdb);
    await refused(folder, /LMDB's format 9/);
    copyFileSync(whole, file);
    await using store = await open(folder);
    expect(store.head()).toBe(1);
  });

  it('refuses a store of a newer format, and an LMDB file of somebody else', async () => {
    const folder = await stored();
    const file = join(folder, 'data.mdb');
    const env = openEnvironment({ file, sync: true });
    openMeta(env).putSync(META.format, FORMAT + 1);
    await env.close();
    await refused(folder, /format 3, this program writes 2/);
    rmSync(file);
    const other = openEnvironment({ file, sync: true });
    other.openDB('theirs', { encoding: 'binary' }).putSync('a', Buffer.from('b'));
    await other.close();
    await refused(folder, /no store of ours/);
  });

  it('takes over a store of the format before packing, with all that is in it', async () => {
    const folder = join(mkdtempSync(join(root, 'before-')), 'data');
    const value = 'said before, '.repeat(100);
    {
      await using resources = new AsyncDisposableStack();
      const tables = openTablesOfFormat1(folder, resources);
      const batch = new Batch();
      batch.add({ key: KEY, revision: 1, value: Buffer.from(value), previous: undefined });
      batch.head = 1;
      await tables.env.batch(() => writeBatch(tables, batch, scopesOfBatch(batch)));
    }
    for (const [revision, next] of [
      [2, `more ${value}`],
      [3, `most ${value}`],
    ] as const) {
      await using store = await open(folder);
      expect(text(store.get(KEY, 1)?.value)).toBe(value);
      expect(await write(store, put(KEY, next))).toBe(revision);
      expect(text(store.get(KEY)?.value)).toBe(next);
    }
    await using store = await open(folder);
    expect(
      store
        .changes({ prefix: '/g/', after: 1, upTo: 3, limit: 9 })
        .changes.map(({ previous }) => text(previous?.value)),
    ).toEqual([value, `more ${value}`]);
  });

  it('refuses a copy that was not finished', async () => {
    const folder = await stored();
    const env = openEnvironment({ file: join(folder, 'data.mdb'), sync: true });
    openMeta(env).putSync(META.format, 0);
    await env.close();
    await refused(folder, /unfinished copy/);
  });
});
