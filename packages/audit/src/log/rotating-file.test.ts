import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RotatingFile, type RotatingFileOptions } from './rotating-file.ts';

const NOON = Date.parse('2026-01-02T12:00:00.000Z');
const DAY = 24 * 60 * 60 * 1000;

let folder = '';
let now = NOON;
let troubles: unknown[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-audit-log-'));
  now = NOON;
  troubles = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (changes: Partial<RotatingFileOptions> = {}): Promise<RotatingFile> =>
  RotatingFile.open({
    path: join(folder, 'audit.log'),
    maxBytes: 10,
    maxAgeDays: 0,
    maxBackups: 0,
    compress: false,
    clock: () => now,
    onTrouble: (error) => troubles.push(error),
    ...changes,
  });
const line = (text: string): Buffer => Buffer.from(`${text}\n`);
const names = async (): Promise<string[]> => (await readdir(folder)).sort();
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('a log', () => {
  it('is its owner’s to read, in a folder that is made for it', async () => {
    const path = join(folder, 'deep', 'er', 'audit.log');
    const file = await open({ path });
    await file.write(line('a'));
    await file.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'deep'))).mode & 0o777).toBe(0o700);
  });

  it('is gone on with after a restart', async () => {
    for (const word of ['a', 'b']) {
      const file = await open();
      await file.write(line(word));
      await file.close();
    }
    expect(await text('audit.log')).toBe('a\nb\n');
  });

  it('is set aside when it is large enough, whole lines only, under kube-apiserver’s names', async () => {
    const file = await open();
    for (const word of ['12345', '678', '9', 'longer than all', 'z']) await file.write(line(word));
    await file.close();
    expect(await names()).toEqual([
      'audit-2026-01-02T12-00-00.000.log',
      'audit-2026-01-02T12-00-00.001.log',
      'audit-2026-01-02T12-00-00.002.log',
      'audit.log',
    ]);
    const old = [0, 1, 2].map((at) => text(`audit-2026-01-02T12-00-00.00${at}.log`));
    expect(await Promise.all(old)).toEqual(['12345\n678\n', '9\n', 'longer than all\n']);
    expect(await text('audit.log')).toBe('z\n');
  });

  it('counts what it had before a restart', async () => {
    await writeFile(join(folder, 'audit.log'), '123456789\n');
    const file = await open();
    await file.write(line('a'));
    await file.close();
    expect(await text('audit.log')).toBe('a\n');
  });

  it('grows without end where that is wanted', async () => {
    const file = await open({ maxBytes: 0 });
    for (let count = 0; count < 10; count += 1) await file.write(line('123456789'));
    await file.close();
    expect(await names()).toEqual(['audit.log']);
  });

  it('keeps so many old files, the newest', async () => {
    const file = await open({ maxBackups: 2 });
    for (const word of ['1', '2', '3', '4', '5']) {
      await file.write(line(`${word}23456789`));
      now += 1000;
    }
    await file.close();
    await (await open({ maxBackups: 2 })).close();
    expect(await names()).toEqual([
      'audit-2026-01-02T12-00-03.000.log',
      'audit-2026-01-02T12-00-04.000.log',
      'audit.log',
    ]);
  });

  it('removes what is too old, and touches nothing else', async () => {
    for (const name of [
      'audit-2025-12-31T11-59-59.000.log',
      'audit-2025-12-31T11-59-59.000.log.gz',
      'audit-2026-01-01T12-00-00.000.log',
      'audit-notes.log',
      'other-2020-01-01T00-00-00.000.log',
      'audit-2020-01-01T00-00-00.000.txt',
    ])
      await writeFile(join(folder, name), '');
    now = NOON + 0.5 * DAY;
    await (await open({ maxAgeDays: 2 })).close();
    expect(await names()).toEqual([
      'audit-2020-01-01T00-00-00.000.txt',
      'audit-2026-01-01T12-00-00.000.log',
      'audit-notes.log',
      'audit.log',
      'other-2020-01-01T00-00-00.000.log',
    ]);
  });

  it('compresses what it sets aside, for its owner only', async () => {
    const file = await open({ compress: true });
    await file.write(line('123456789'));
    await file.write(line('b'));
    await file.close();
    const packed = 'audit-2026-01-02T12-00-00.000.log.gz';
    expect(await names()).toEqual([packed, 'audit.log']);
    expect(gunzipSync(await readFile(join(folder, packed))).toString()).toBe('123456789\n');
    expect((await stat(join(folder, packed))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be compressed or set aside goes on', async () => {
    await mkdir(join(folder, 'audit-2026-01-02T12-00-00.000.log'));
    const file = await open({ compress: true });
    await file.write(line('123456789'));
    await file.write(line('b'));
    await file.close();
    expect(await text('audit.log')).toBe('b\n');
    expect(troubles.at(-1)).toMatchObject({ code: 'EISDIR' });
    expect(await names()).toEqual([
      'audit-2026-01-02T12-00-00.000.log',
      'audit-2026-01-02T12-00-00.001.log.gz',
      'audit.log',
    ]);
  });

  it('that cannot be opened is named', async () => {
    const path = join(folder, 'sub');
    await mkdir(path);
    await expect(open({ path })).rejects.toMatchObject({ code: 'EISDIR', path });
    await writeFile(join(folder, 'file'), '');
    const below = join(folder, 'file', 'audit.log');
    await expect(open({ path: below })).rejects.toMatchObject({ path: expect.stringContaining('file') as unknown });
    await chmod(path, 0o755);
  });
});
