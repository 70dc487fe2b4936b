import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerProcess } from '@kcp/testing';
import { figuresOf, type ProcessFigures } from './process-figures.ts';

/** A process is quiet when it takes less than this share of a processor for so long. */
const QUIET = 0.03;
const QUIET_MS = 3000;
/** How long controllers may take to come to rest. */
const REST_MS = 300_000;

/** A process' figures once its controllers and the garbage collector have come to rest. */
export async function settled({ pid }: ServerProcess): Promise<ProcessFigures> {
  const deadline = Date.now() + REST_MS;
  for (let before = await figuresOf(pid); ;) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const now = await figuresOf(pid);
    if ((now.cpuMs - before.cpuMs) / QUIET_MS < QUIET || Date.now() > deadline) return now;
    before = now;
  }
}

/** What is taken up on disk: blocks, not lengths, because the store's file has holes. */
export async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(entries.map(async (name) => (await stat(join(folder, name))).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
}
