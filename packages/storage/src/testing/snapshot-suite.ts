import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CompactedError } from '../backend.ts';
import type { Backend } from '../backend.ts';
import type { OpenBackend } from './opened.ts';
import { plain, put, remove, write } from './opened.ts';

const temporary = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'storage-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
};

/** Copies of a store. */
export const snapshotSuite = (open: OpenBackend, openCopy: (folder: string) => Promise<Backend>): void => {
  describe('a snapshot', () => {
    it('opens as the store at its revision, and goes on from there', async () => {
      await using folder = await temporary();
      await using backend = await open();
      const keys = Array.from({ length: 80 }, (_, at) => `/g/r/c${at % 7}/${at}`);
      for (let round = 0; round < 15; round += 1) await write(backend, ...keys.map((key) => put(key + round, key)));
      const last = await write(backend, remove(`${keys[0]}0`), put(`${keys[1]}0`, 'again'));
      const expected = backend.range({ prefix: '' }).rows.map(plain);
      const writing = write(backend, put('/g/r/c/later'));
      const revision = await backend.snapshot(folder.path);
      await writing;
      expect(revision).toBe(last);

      await using copy = await openCopy(folder.path);
      expect([copy.head(), copy.compacted()]).toEqual([revision, revision]);
      expect(copy.range({ prefix: '' }).rows.map(plain)).toEqual(expected);
      expect(copy.newest('/g/r/c1/')).toBe(last);
      expect(() => copy.range({ prefix: '', at: revision - 1 })).toThrow(CompactedError);
      expect(await write(copy, put('/g/r/c/b'))).toBe(revision + 1);
    });

    it('is written into an empty folder only', async () => {
      await using folder = await temporary();
      await using backend = await open();
      await backend.snapshot(folder.path);
      await expect(backend.snapshot(folder.path)).rejects.toThrow();
    });
  });
};
