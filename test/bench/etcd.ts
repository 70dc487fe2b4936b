import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEtcdStore, type Backend, type Write } from '@kcp/storage';
import { findEtcd, startEtcd, type TestEtcd } from '@kcp/storage/testing/etcd';
import { silentLogger } from '@kcp/telemetry';

/** Storage in etcd, measured on a real one: commits, consistent reads, loading a local copy. `node test/bench/etcd.ts [rows]`. */

const ROWS = Number(process.argv[2] ?? 100_000);
const VALUE = Buffer.alloc(700, 120);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const put = (key: string): Write => ({ kind: 'put', key, value: VALUE });

/** Runs so many tasks, some at a time; gives tasks a second and the process's CPU a task. */
async function measure(
  name: string,
  options: { count: number; atOnce: number; task: (at: number) => Promise<unknown> },
): Promise<void> {
  const { count, atOnce, task } = options;
  let next = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const work = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  say(`${name}: ${Math.round(count / seconds)}/s, ${Math.round((user + system) / count)} µs CPU each`);
}

async function run(etcd: TestEtcd, root: string): Promise<void> {
  const open = (): Promise<Backend> =>
    openEtcdStore({
      servers: [etcd.url],
      folder: mkdtempSync(join(root, 'copy-')),
      logger: silentLogger,
      tuning: { replayLimit: 1_000 },
    });
  await using store = await open();
  await measure('commits of one row, 1 at a time', {
    count: 1_000,
    atOnce: 1,
    task: (at) => store.commit([], [put(`/g/r/one/${at}`)]),
  });
  await measure('commits of one row, 64 at a time', {
    count: 20_000,
    atOnce: 64,
    task: (at) => store.commit([], [put(`/g/r/many/${at}`)]),
  });
  await measure('consistent reads, 1 at a time', { count: 2_000, atOnce: 1, task: async () => store.synced() });
  await measure('consistent reads, 64 at a time', { count: 50_000, atOnce: 64, task: async () => store.synced() });
  const have = store.count({ prefix: '' });
  const commits = Math.max(0, Math.ceil((ROWS - have) / 100));
  const rows = (at: number): Write[] =>
    Array.from({ length: 100 }, (_, row) => put(`/g/r/c${at % 1_000}/${at}-${row}`));
  await measure('commits of 100 rows, 32 at a time', {
    count: commits,
    atOnce: 32,
    task: (at) => store.commit([], rows(at)),
  });
  const began = performance.now();
  const cpu = process.cpuUsage();
  await using fresh = await open();
  await fresh.synced();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  say(
    `a new copy of ${fresh.count({ prefix: '' })} rows: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s CPU, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB resident`,
  );
}

const found = await findEtcd();
if (found.kind === 'missing') throw new Error(found.reason);
const root = mkdtempSync(join(tmpdir(), 'etcd-bench-'));
const etcd = await startEtcd({ program: found.program, flags: [`--quota-backend-bytes=${8 * 2 ** 30}`] });
try {
  await run(etcd, root);
} finally {
  await etcd[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
}
