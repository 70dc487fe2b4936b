import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@kcp/controller/testing';
import { silentLogger } from '@kcp/telemetry';
import { watchFiles } from './file-watch.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-watch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('watched files', () => {
  it('tell of every change in their folder', async () => {
    const change = Promise.withResolvers<void>();
    const [files, clock] = [[join(folder, 'a'), join(folder, 'b')], new FakeClock()];
    using _watch = watchFiles({ files, onChange: change.resolve, clock, logger: silentLogger });
    await writeFile(join(folder, 'a'), 'x');
    await change.promise;
    expect(clock.timers).toBe(0);
  });

  it('are looked at once a minute where their folder cannot be watched, which is said', () => {
    const [clock, warnings]: [FakeClock, string[]] = [new FakeClock(), []];
    let looks = 0;
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const watch = watchFiles({ files: [join(folder, 'gone/a')], onChange: () => void looks++, clock, logger });
    clock.advance(180_000);
    expect([looks, warnings]).toEqual([3, [expect.stringContaining('cannot be watched')]]);
    watch[Symbol.dispose]();
    clock.advance(180_000);
    expect([looks, clock.timers]).toEqual([3, 0]);
  });
});
