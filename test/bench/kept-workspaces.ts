import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTokenFile, startServerProcess, type ServerProcess } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';
import type { ProcessFigures } from './process-figures.ts';
import { bytesUnder, settled } from './settled.ts';
import { CLIENTS, WorkspaceClients, type WorkspaceRun } from './workspace-clients.ts';

/** A server that holds no workspaces but its own, or very many. */
export interface Holding {
  readonly workspaces: number;
  /** From the start of the process to the first answer of /readyz. */
  readonly startMs: number;
  readonly memory: ProcessFigures;
  readonly diskMiB: number;
  /** Time series in /metrics. */
  readonly series: number;
  /** Workspaces made by one client, one after the other, while so many are there. */
  readonly create: WorkspaceRun;
}

/** What workspaces cost that nobody uses: with none and, after a restart, with all of them. */
export interface KeptWorkspaces {
  readonly before: Holding;
  readonly after: Holding;
  readonly anonKiBPerWorkspace: number;
  readonly diskKiBPerWorkspace: number;
}

/** How many more are made to see how long one takes. */
const PROBES = 200;

/** Makes workspaces side by side, restarts the server, and compares it with how it was before. */
export async function measureKeptWorkspaces(workspaces: number): Promise<KeptWorkspaces> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-kept-'));
  try {
    const tokens = join(folder, 'tokens.csv');
    await writeFile(tokens, formatTokenFile());
    const root = join(folder, 'root');
    const openAt = (port: string) => (): Promise<ServerProcess> => {
      const where = ['--root-directory', root, '--bind-address', '127.0.0.1', '--secure-port', port];
      return startServerProcess({ program: kcpProgram, arguments: ['start', ...where, '--token-auth-file', tokens] });
    };
    const port = await withServer(openAt('0'), async (clients, server) => {
      await clients.make({ path: 'root', name: 'flat', type: 'organization' });
      await settled(server);
      return new URL(server.url).port;
    });
    // at the same place each time: with another URL a server tells all its workspaces
    const open = openAt(port);
    const before = await holding(open, { root, workspaces: 0 });
    await withServer(open, async (clients, server) => {
      const fill = { name: 'filled', clients: CLIENTS, places: placesOf('w', workspaces) };
      await clients.timed(fill, (place) => clients.make(place));
      // what is left to do is done here, not by the server that is measured
      await settled(server);
    });
    const after = await holding(open, { root, workspaces });
    const each = (mebibytes: number): number => Math.round((mebibytes * 102_400) / workspaces) / 100;
    return {
      before,
      after,
      anonKiBPerWorkspace: each(after.memory.anonMiB - before.memory.anonMiB),
      diskKiBPerWorkspace: each(after.diskMiB - before.diskMiB),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function holding(
  open: () => Promise<ServerProcess>,
  { root, workspaces }: { readonly root: string; readonly workspaces: number },
): Promise<Holding> {
  await using server = await open();
  // before anybody lists them: the clients' watch begins with all there are
  const memory = await settled(server);
  const diskMiB = Math.round((await bytesUnder(root)) / 1024 / 1024);
  using clients = new WorkspaceClients(server);
  await clients.follow();
  await settled(server);
  const places = placesOf(`probe${workspaces}-`, PROBES);
  const create = await clients.timed({ name: 'one by one', clients: 1, places }, (place) => clients.make(place));
  const series = (await clients.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return { workspaces, startMs: Math.round(server.readyAfterMs), memory, diskMiB, series, create };
}

async function withServer<Result>(
  open: () => Promise<ServerProcess>,
  use: (clients: WorkspaceClients, server: ServerProcess) => Promise<Result>,
): Promise<Result> {
  await using server = await open();
  using clients = new WorkspaceClients(server);
  await clients.follow();
  return await use(clients, server);
}

function placesOf(prefix: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    path: 'root:flat',
    name: `${prefix}${index}`,
    type: 'universal',
  }));
}
