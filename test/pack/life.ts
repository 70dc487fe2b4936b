import { expect } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatTokenFile, openWire, startServerProcess, type ServerProcess } from '@kcp/testing';
import { figuresOf } from '../bench/process-figures.ts';

/** What starts the server: a program, and what stands before `start`. */
export interface Launch {
  readonly program: string;
  readonly arguments: readonly string[];
}

const NAMESPACES = '/clusters/blue/api/v1/namespaces';
/** So large that worker threads read it. */
const LARGE_YAML = `metadata:\n  name: large\ndata:\n${Array.from({ length: 30_000 }, (_, at) => `  key-${at}: text-${at}\n`).join('')}`;

/**
 * Lives through what a server does, started on an empty folder: serves the version, writes, reads a large body in a worker
 * thread, stops in order, and has it all when it is started again. Gives a line with what the starts took.
 */
export async function liveThrough(launch: Launch, version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-life-'));
  try {
    await writeFile(join(folder, 'tokens.csv'), formatTokenFile());
    const first = await firstLife(await launched(launch, folder), version);
    await using again = await launched(launch, folder);
    using wire = adminWire(again);
    const { object } = await wire.request(`${NAMESPACES}/demo/configmaps/large`);
    expect(object).toMatchObject({ data: { 'key-29999': 'text-29999' } });
    return `${first}, again after ${Math.round(again.readyAfterMs)} ms`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function firstLife(started: ServerProcess, version: string): Promise<string> {
  await using server = started;
  using wire = adminWire(server);
  expect((await wire.request('/version')).object).toMatchObject({ gitVersion: `v1.36.0+kcp-v${version}` });
  const { cpuMs, rssMiB } = await figuresOf(server.pid);
  const demo = { method: 'POST', body: { metadata: { name: 'demo' } } };
  expect((await wire.request(NAMESPACES, demo)).status).toBe(201);
  const large = { method: 'POST', contentType: 'application/yaml', text: LARGE_YAML };
  expect((await wire.request(`${NAMESPACES}/demo/configmaps`, large)).status).toBe(201);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  return `ready after ${Math.round(server.readyAfterMs)} ms (${cpuMs} ms of processor time, ${Math.round(rssMiB)} MiB)`;
}

/** Caches lie beside the program, which is new: a first start is a first start. */
function launched({ program, arguments: before }: Launch, folder: string): Promise<ServerProcess> {
  const local = ['--bind-address', '127.0.0.1', '--secure-port', '0'];
  const files = ['--root-directory', join(folder, 'root'), '--token-auth-file', join(folder, 'tokens.csv')];
  const { NODE_COMPILE_CACHE: _, NODE_OPTIONS: __, ...environment } = process.env;
  const path = `${dirname(process.execPath)}:${environment['PATH'] ?? ''}`;
  return startServerProcess({
    program,
    arguments: [...before, 'start', ...local, ...files],
    environment: { ...environment, PATH: path },
  });
}

function adminWire({ url, certificateAuthority }: ServerProcess): ReturnType<typeof openWire> {
  return openWire({ url, token: 'admin-token', authority: certificateAuthority });
}
