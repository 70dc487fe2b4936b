import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from './target.ts';

/** What the measuring program wrote of each step, as it is. */
export type Measured = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** How to measure it. */
export interface MeasureOptions {
  /** The path of the program. */
  readonly program: string;
  /** Steps, separated by commas. */
  readonly what: string;
  /** How many requests a step makes. */
  readonly requests: number;
}

/** Runs the measuring program against a server. */
export async function measureServer({ url, token, pids }: Target, options: MeasureOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-measure-'));
  try {
    const json = join(folder, 'measured.json');
    const target = ['--server', url, '--token', token, '--pids', pids.join(',')];
    const args = [options.program, ...target, '--what', options.what, '--n', String(options.requests), '--json', json];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    await once(child, 'exit');
    return JSON.parse(await readFile(json, 'utf8')) as Measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
