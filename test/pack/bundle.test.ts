import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bundle } from '../../scripts/bundle/bundle.ts';
import { readWorkspace } from '../../scripts/pack/workspace.ts';
import { repository } from './installed.ts';
import { liveThrough } from './life.ts';

describe('the bundle', () => {
  it('is a server that needs no packages', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kcp-bundle-'));
    try {
      const [program = ''] = await bundle({ root: repository, out: folder });
      expect(await readFile(program, 'utf8')).not.toContain(repository);
      const { version } = readWorkspace(repository);
      const took = await liveThrough({ program: process.execPath, arguments: [program] }, version);
      process.stdout.write(`kcp start from the bundle: ${took}\n`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
