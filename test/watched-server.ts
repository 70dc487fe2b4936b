import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, own, parseJson } from '@kcp/api-machinery';
import { formatTokenFile, openWire, startServerProcess, testUsers, type ServerProcess, type Wire } from '@kcp/testing';
import { kcpProgram } from './kcp-program.ts';
import type { TurnReading } from './turn-probe.ts';

/** A real server's process on a folder of its own, with the test users, that tells how long its turns were. */
export interface WatchedServer extends AsyncDisposable {
  readonly process: ServerProcess;
  /** A connection to a logical cluster, as one of the test users (admin). */
  wire(cluster: string, user?: keyof typeof testUsers): Wire;
  /** What it noticed since it was asked last. */
  read(): Promise<TurnReading>;
  /** A number of /metrics, all its series together; 0 where there is none. */
  metric(name: string): Promise<number>;
}

/** A folder for servers, one after the other; disposing of it removes it. */
export interface ServerFolder extends AsyncDisposable {
  /** Starts a server on what is stored there, with further flags. */
  start(...args: readonly string[]): Promise<WatchedServer>;
}

const PATIENCE_MS = 60_000;

/** Makes a folder for servers. */
export async function openServerFolder(): Promise<ServerFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-watched-'));
  const tokens = join(folder, 'tokens.csv');
  await writeFile(tokens, formatTokenFile());
  const turns = join(folder, 'turns');
  await mkdir(turns);
  const probe = fileURLToPath(new URL('turn-probe.ts', import.meta.url));
  const file = join(turns, 'reading');
  const environment = { ...process.env, NODE_OPTIONS: `--import=${probe}`, TURNS_FILE: file };
  const local = ['--root-directory', join(folder, 'root'), '--bind-address', '127.0.0.1', '--secure-port', '0'];
  return {
    start: async (...args) => {
      const flags = ['start', ...local, '--token-auth-file', tokens, ...args];
      const timeoutMs = PATIENCE_MS;
      return watched(await startServerProcess({ program: kcpProgram, arguments: flags, environment, timeoutMs }), file);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function watched(server: ServerProcess, file: string): WatchedServer {
  const { url, certificateAuthority: authority, pid } = server;
  const wires = new DisposableStack();
  const wire = (cluster: string, user: keyof typeof testUsers = 'admin'): Wire =>
    wires.use(openWire({ url: `${url}/clusters/${cluster}`, token: testUsers[user].token, authority }));
  return {
    process: server,
    wire,
    read: () => askReading(pid, file),
    metric: async (name) => {
      using plain = openWire({ url, token: testUsers.admin.token, authority });
      const { status, text } = await plain.request('/metrics');
      if (status !== 200) throw new Error(`/metrics: ${status}`);
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    [Symbol.asyncDispose]: async () => {
      wires.dispose();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function askReading(pid: number, file: string): Promise<TurnReading> {
  await rm(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return readingIn(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the server does not tell its turns');
}

function readingIn(text: string): TurnReading {
  const value = parseJson(text);
  const [turnMs, memory] = isObject(value) ? [own(value, 'turnMs'), own(value, 'memory')] : [];
  if (typeof turnMs !== 'number' || typeof memory !== 'number') throw new Error(`no reading: ${text}`);
  return { turnMs, memory };
}
