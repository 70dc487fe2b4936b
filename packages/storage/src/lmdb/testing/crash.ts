import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import type { Revision } from '../../backend.ts';
import { openLmdbStore } from '../open-store.ts';

const WRITER = fileURLToPath(new URL('../fixtures/writer.ts', import.meta.url));

interface Ack {
  readonly writer: number;
  readonly revision: Revision;
  readonly before: Revision;
}

const acksIn = (file: string): readonly Ack[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      const [word, writer, , revision, before] = line.split(' ');
      return word === 'ack' ? [{ writer: Number(writer), revision: Number(revision), before: Number(before) }] : [];
    });

/** Lets 64 writers work, kills them with signal 9 somewhere in between, and looks for what they were told; again and again on one store. */
export const killAndCheck = async (kills: number): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'crash-'));
  const folder = join(root, 'store');
  try {
    let highest = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const marks = join(root, `marks-${kill}`);
      await killed(folder, marks, 20 + ((kill * 37) % 300));
      const acks = acksIn(marks);
      expect(acks.length).toBeGreaterThan(0);
      const opened = Number(/^open (\d+)/.exec(readFileSync(marks, 'utf8'))?.[1]);
      expect(opened).toBeGreaterThanOrEqual(highest);
      for (const { revision } of acks) expect(revision).toBeGreaterThan(opened);
      highest = await checkAcks(folder, acks);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
};

const killed = async (folder: string, marks: string, milliseconds: number): Promise<void> => {
  const child = spawn(execPath, [WRITER, folder, marks, '64'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exit = once(child, 'exit');
  while (!existsSync(marks) || acksIn(marks).length === 0) {
    expect(child.exitCode).toBeNull();
    await setTimeout(5);
  }
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  await exit;
};

/** Returns the head. */
const checkAcks = async (folder: string, acks: readonly Ack[]): Promise<Revision> => {
  await using store = await openLmdbStore({ folder, logger: silentLogger });
  const newest = new Map<number, number>();
  for (const { writer, revision, before } of acks) {
    const key = `/g/r/c${writer % 5}/${writer}`;
    const row = store.get(key, revision);
    expect([
      row?.revision,
      Buffer.from(row?.value ?? [])
        .toString()
        .split(' ', 2),
    ]).toEqual([revision, [key, String(before)]]);
    newest.set(writer, Math.max(revision, newest.get(writer) ?? 0));
  }
  for (const [writer, revision] of newest) {
    expect(store.get(`/g/r/c${writer % 5}/${writer}`)?.revision).toBeGreaterThanOrEqual(revision);
  }
  const head = store.head();
  const logged = store.changes({ prefix: '/g/r/', after: store.compacted(), upTo: head, limit: Infinity }).changes;
  const revisions = new Set(logged.map(({ revision }) => revision));
  for (const { revision } of acks) expect(revisions.has(revision)).toBe(true);
  expect(logged.at(-1)?.revision).toBe(head);
  return head;
};
