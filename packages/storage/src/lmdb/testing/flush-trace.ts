import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Compiles the library that traces writes and flushes; undefined where there is no C compiler. */
const compiled = (folder: string): string | undefined => {
  const library = join(folder, 'trace-writes.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, fixture('trace-writes.c'), '-ldl'], {
      stdio: 'ignore',
    });
    return library;
  } catch {
    return undefined;
  }
};

/** How to run the writers. */
export interface TraceOptions {
  readonly writers: number;
  readonly commits: number;
  readonly sync: boolean;
}

/** Runs writers under the trace and returns its lines; undefined where it cannot be made here. */
export const traceWrites = ({ writers, commits, sync }: TraceOptions): readonly string[] | undefined => {
  const root = mkdtempSync(join(tmpdir(), 'flush-'));
  try {
    const library = compiled(root);
    if (library === undefined) return undefined;
    const trace = join(root, 'trace');
    const args = [
      fixture('writer.ts'),
      join(root, 'store'),
      join(root, 'marks'),
      writers,
      sync ? 'sync' : 'no-sync',
      commits,
    ];
    execFileSync(execPath, args.map(String), { env: { LD_PRELOAD: library, TRACE_FILE: trace } });
    return readFileSync(trace, 'utf8').split('\n').slice(0, -1);
  } finally {
    rmSync(root, { recursive: true });
  }
};

/**
 * The acknowledgements that came too early: with a write of theirs not flushed, or before a meta page was written through after the flush of all else. A write that is not flushed is anybody's, so one writer at a
 * time makes it an exact check; with several, those of the next batch have not begun when a batch is acknowledged.
 */
export const earlyAcknowledgements = (trace: readonly string[]): readonly string[] => {
  const early: string[] = [];
  const waiting = new Set<string>();
  let unflushed = false;
  for (const line of trace) {
    const [word = '', what = '', writer = ''] = line.split(' ');
    if (word === 'write') unflushed = true;
    else if (word === 'flush') unflushed = false;
    else if (word === 'write-through' && !unflushed) waiting.clear();
    else if (what === 'submit') waiting.add(writer);
    else if (what === 'ack' && (waiting.has(writer) || unflushed)) early.push(line);
  }
  return early;
};
