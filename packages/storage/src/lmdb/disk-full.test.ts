import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import type { Backend } from '../backend.ts';
import { StorageFullError, StoreUnusableError } from '../backend.ts';
import { put, text, write } from '../testing/opened.ts';
import { openLmdbStore } from './open-store.ts';

const MIB = 1024 * 1024;
const disk = mkdtempSync(join(tmpdir(), 'disk-full-'));
let mounted = false;

beforeAll(() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk], { stdio: 'ignore' });
    mounted = true;
  } catch {
    console.log('SKIPPED: the proofs about a full disk need the right to mount a tmpfs');
  }
});

afterEach(() => {
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
});

afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

const open = (name: string) => openLmdbStore({ folder: join(disk, name), logger: silentLogger, reserveBytes: 4 * MIB });

/** Takes what is left of the disk. */
const junk = (): Disposable => {
  const file = join(disk, 'junk');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  return { [Symbol.dispose]: () => rmSync(file) };
};

const keys = Array.from({ length: 50 }, (_, at) => `/g/r/c/${at}`);

/** Writes until there is no room; returns the value that each key must hold. */
const writeUntilFull = async (store: Backend): Promise<ReadonlyMap<string, string>> => {
  const written = new Map<string, string>();
  for (let count = 0; ; count += 1) {
    const key = keys[count % keys.length] ?? '';
    // nothing that packing makes smaller by much
    const value = `${count} x${randomBytes(2250).toString('base64')}`;
    try {
      await write(store, put(key, value));
      written.set(key, value);
    } catch (error) {
      expect(error).toBeInstanceOf(StorageFullError);
      return written;
    }
  }
};

const held = (store: Backend): ReadonlyMap<string, string | undefined> =>
  new Map(store.range({ prefix: '/g/' }).rows.map(({ key, value }) => [key, text(value)]));

describe('a disk that gets full', () => {
  it('fails writes and nothing else; compaction makes room again, and nothing is lost', async () => {
    if (!mounted) return;
    {
      await using store = await open('running');
      const written = await writeUntilFull(store);
      const head = store.head();
      const many = await Promise.allSettled(keys.map((key) => write(store, put(key, 'no'))));
      expect(many.every(({ status }) => status === 'rejected')).toBe(true);
      expect(store.head()).toBe(head);
      expect(held(store)).toEqual(written);
      expect(text(store.get(keys[0] ?? '', 1)?.value)).toMatch(/^0 x/);

      const racing = write(store, put(keys[1] ?? '', 'racing')).catch((error: unknown) => error);
      await store.compact(store.head());
      await racing;
      for (let count = 0; count < 200; count += 1) await write(store, put(keys[count % 50] ?? '', `again ${count}`));
      expect(store.head()).toBeGreaterThan(head + 200);
    }
    await using store = await open('running');
    expect([...held(store).values()].every((value) => value?.startsWith('again 1'))).toBe(true);
  });

  it('is written to again once others have made room', async () => {
    if (!mounted) return;
    await using store = await open('others');
    await write(store, put(keys[0] ?? ''));
    const full = junk();
    await writeUntilFull(store);
    full[Symbol.dispose]();
    let revision = 0;
    while (revision === 0) revision = await write(store, put(keys[0] ?? '', 'again')).catch(() => 0);
    expect(text(store.get(keys[0] ?? '')?.value)).toBe('again');
  });

  it('lets a store be opened and read, and says why there can be no new one', async () => {
    if (!mounted) return;
    {
      await using store = await open('old');
      await write(store, put(keys[0] ?? '', 'kept'));
    }
    using full = junk();
    expect(full).toBeDefined();
    const opening = open('new');
    await expect(opening).rejects.toThrow(/disk .* is full/);
    await expect(opening).rejects.toBeInstanceOf(StoreUnusableError);
    await using store = await open('old');
    expect(text(store.get(keys[0] ?? '')?.value)).toBe('kept');
  });
});
