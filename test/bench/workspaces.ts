import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTokenFile, startServerProcess, type ServerProcess } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';
import { CLIENTS, WorkspaceClients, type WorkspaceRun } from './workspace-clients.ts';

/** Workspaces of a tree that have children. */
const BRANCHES = 100;

/** Makes workspaces with 8 and with 64 clients, and removes them: one by one, and a tree of as many by its top. */
export async function measureWorkspaces(count: number): Promise<readonly WorkspaceRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-workspaces-'));
  try {
    const tokens = join(folder, 'tokens.csv');
    await writeFile(tokens, formatTokenFile());
    const where = ['--root-directory', join(folder, 'root'), '--bind-address', '127.0.0.1', '--secure-port', '0'];
    const started = ['start', ...where, '--token-auth-file', tokens];
    await using server = await startServerProcess({ program: kcpProgram, arguments: started });
    return await runAll(server, count);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(server: ServerProcess, count: number): Promise<readonly WorkspaceRun[]> {
  using bench = new WorkspaceClients(server);
  await bench.follow();
  const runs: WorkspaceRun[] = [];
  await bench.make({ path: 'root', name: 'flat', type: 'organization' });
  const flat = range(count).map((index) => ({ path: 'root:flat', name: `w${index}`, type: 'universal' }));
  const half = Math.floor(count / 2);
  const ways = [
    { name: 'made by 8 clients, until ready', clients: 8, places: flat.slice(0, half) },
    { name: 'made by 64 clients, until ready', clients: CLIENTS, places: flat.slice(half) },
  ];
  for (const way of ways) runs.push(await bench.timed(way, (place) => bench.make(place)));
  runs.push(
    await bench.timed({ name: 'deleted one by one, until gone', clients: CLIENTS, places: flat }, (place) =>
      bench.remove(place),
    ),
  );
  await bench.make({ path: 'root', name: 'tree', type: 'organization' });
  const branches = range(BRANCHES).map((index) => ({ path: 'root:tree', name: `b${index}`, type: 'universal' }));
  const leaves = branches.flatMap(({ name }) =>
    range(Math.floor(count / BRANCHES) - 1).map((index) => {
      return { path: `root:tree:${name}`, name: `${name}-${index}`, type: 'universal' };
    }),
  );
  for (const branch of branches) await bench.make(branch);
  runs.push(
    await bench.timed({ name: 'made as a tree', clients: CLIENTS, places: leaves }, (place) => bench.make(place)),
  );
  const top = { path: 'root', name: 'tree', type: '' };
  const removed = await bench.timed({ name: 'deleted as a tree', clients: 1, places: [top] }, (place) =>
    bench.remove(place),
  );
  const all = BRANCHES + leaves.length;
  const each = { workspaces: all, perSecond: removed.perSecond * all, cpuMsEach: removed.cpuMsEach / all };
  return [...runs, { ...removed, ...each }];
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
