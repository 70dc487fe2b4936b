import { join } from 'node:path';
import { formatTokenFile, openWire, startServerProcess, type ServerProcess, type Wire } from '@kcp/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { kcpProgram } from '../kcp-program.ts';
import { timeMany, type Latency } from './latency.ts';
import type { ProcessFigures } from './process-figures.ts';
import { bytesUnder, settled } from './settled.ts';

/** What very many logical clusters cost. */
export interface ManyClusters {
  readonly clusters: number;
  readonly create: Latency;
  readonly before: ProcessFigures;
  readonly after: ProcessFigures;
  readonly anonKiBPerCluster: number;
  readonly diskKiBPerCluster: number;
  readonly restartMs: number;
  readonly afterRestart: ProcessFigures;
  /** Reads of random clusters after the restart, and what memory is like then. */
  readonly read: Latency;
  readonly afterReads: ProcessFigures;
}

const AT_ONCE = 32;
const READS = 5000;

/** Fills logical clusters with a namespace and a ConfigMap each, restarts the server, and reads from them. */
export async function measureManyClusters(clusters: number): Promise<ManyClusters> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-many-'));
  try {
    const tokens = join(folder, 'tokens.csv');
    await writeFile(tokens, formatTokenFile());
    const root = join(folder, 'root');
    const args = [
      'start',
      '--root-directory',
      root,
      '--bind-address',
      '127.0.0.1',
      '--secure-port',
      '0',
      '--token-auth-file',
      tokens,
    ];
    const open = (): Promise<ServerProcess> => startServerProcess({ program: kcpProgram, arguments: args });
    const filled = await fill(open, clusters);
    const disk = await bytesUnder(root);
    return { ...filled, ...(await readAgain(open, clusters)), diskKiBPerCluster: Math.round(disk / 1024 / clusters) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(open: () => Promise<ServerProcess>, clusters: number) {
  await using server = await open();
  using wire = wireOf(server);
  const before = await settled(server);
  const create = await timeMany(clusters, AT_ONCE, async (index) => {
    const prefix = `/clusters/c${index}/api/v1/namespaces`;
    await make(wire, prefix, { metadata: { name: 'demo' } });
    await make(wire, `${prefix}/demo/configmaps`, {
      metadata: { name: 'settings' },
      data: { payload: 'x'.repeat(100) },
    });
  });
  const after = await settled(server);
  return {
    clusters,
    create,
    before,
    after,
    anonKiBPerCluster: Math.round(((after.anonMiB - before.anonMiB) * 102400) / clusters) / 100,
  };
}

async function readAgain(open: () => Promise<ServerProcess>, clusters: number) {
  await using server = await open();
  using wire = wireOf(server);
  const afterRestart = await settled(server);
  const read = await timeMany(READS, AT_ONCE, async (index) => {
    const { status } = await wire.request(
      `/clusters/c${(index * 7919) % clusters}/api/v1/namespaces/demo/configmaps/settings`,
    );
    if (status !== 200) throw new Error(`a read was answered with ${status}`);
  });
  return { restartMs: Math.round(server.readyAfterMs), afterRestart, read, afterReads: await settled(server) };
}

function wireOf({ url, certificateAuthority }: ServerProcess): Wire {
  return openWire({ url, token: 'admin-token', authority: certificateAuthority });
}

async function make(
  wire: Wire,
  path: string,
  body: { readonly metadata: { readonly name: string }; readonly data?: { readonly payload: string } },
): Promise<void> {
  const { status, text } = await wire.request(path, { method: 'POST', text: JSON.stringify(body) });
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${text}`);
}
