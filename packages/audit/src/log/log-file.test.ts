import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RotatingFile } from './rotating-file.ts';

const writer = fileURLToPath(new URL('./test-writer.ts', import.meta.url));
const settings = { maxBytes: 0, maxAgeDays: 0, maxBackups: 0, compress: false };
const plain = { ...settings, clock: () => 0, onTrouble: () => {} };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-audit-log-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function numbers(text: string): number[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { number: number }).number);
}

describe('a log whose writer', () => {
  it('is killed amid writing has whole lines in order, at most the last one cut', async () => {
    const path = join(folder, 'audit.log');
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const text = await readFile(path, 'utf8');
    const whole = numbers(text.slice(0, text.lastIndexOf('\n') + 1));
    expect(whole.length).toBeGreaterThanOrEqual(20);
    expect(whole).toEqual(whole.map((_, at) => at));
  });

  it('was killed within a line begins with a new one', async () => {
    const path = join(folder, 'audit.log');
    await appendFile(path, '{"number":1}\n{"numb');
    const file = await RotatingFile.open({ path, ...plain });
    await file.write(Buffer.from('{"number":2}\n'));
    await file.write(Buffer.from('{"number":3}\n'));
    await file.close();
    expect(await readFile(path, 'utf8')).toBe('{"number":1}\n{"numb\n{"number":2}\n{"number":3}\n');
  });

  it('finds no room keeps whole lines, and goes on when there is some', async () => {
    const path = join(folder, 'audit.log');
    // the limit on the size of files fails writes half way, as a full disk does
    const shell = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, writer, path];
    const { stdout } = await promisify(execFile)('/bin/sh', shell);
    const { written, code } = JSON.parse(stdout.split('\n')[1] ?? '') as { written: number; code: string };
    expect(code).toBe('EFBIG');
    const text = await readFile(path, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    expect(numbers(text).length).toBeGreaterThanOrEqual(written);
    const file = await RotatingFile.open({ path, ...plain });
    await file.write(Buffer.from('{"number":-1}\n'));
    await file.close();
    expect(numbers(await readFile(path, 'utf8')).at(-1)).toBe(-1);
  });

  it('writes to a device that is full says so at every line, and is never cut', async () => {
    const file = await RotatingFile.open({ path: '/dev/full', ...plain, maxBytes: 10 });
    for (let count = 0; count < 3; count += 1)
      await expect(file.write(Buffer.from('a line that is long enough\n'))).rejects.toMatchObject({ code: 'ENOSPC' });
    await file.close();
  });
});
