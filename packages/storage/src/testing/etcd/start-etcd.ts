import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How to start an etcd. */
export interface StartEtcdOptions {
  readonly program: string;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** Files for TLS: etcd then asks its clients for certificates too. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string };
}

/** A real etcd with one member, for as long as it is not disposed of. */
export interface TestEtcd extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Ends it at once, as a crash does. What it acknowledged stays. */
  kill(): Promise<void>;
  /** Starts it again after that, on the same port. With `empty` it has forgotten everything, and is another cluster. */
  start(options?: { readonly empty?: boolean }): Promise<void>;
  /** Stops it in its tracks, and lets it go on. */
  freeze(): void;
  thaw(): void;
}

const START_MS = 30_000;

/** A port of this machine that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Starts an etcd with a folder of its own and waits until it serves. Rejects with what it wrote where it does not. */
export const startEtcd = async (options: StartEtcdOptions): Promise<TestEtcd> => {
  const parent = await mkdtemp(join(tmpdir(), 'etcd-'));
  const [port, peerPort] = [await freePort(), await freePort()];
  let folder = join(parent, '0');
  let runs = 0;
  const launch = () => launchEtcd(options, { folder, port, peerPort });
  let child = await launch();
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    kill,
    start: async ({ empty = false } = {}) => {
      runs += 1;
      if (empty) folder = join(parent, String(runs));
      child = await launch();
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(parent, { recursive: true, force: true });
    },
  };
};

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly peerPort: number;
}

const launchEtcd = async ({ program, flags = [], tls }: StartEtcdOptions, place: Place): Promise<ChildProcess> => {
  const { folder, port, peerPort } = place;
  const client = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const names = {
    name: 'test',
    'data-dir': folder,
    'initial-cluster': `test=${peer}`,
    'initial-cluster-token': folder,
  };
  const urls = {
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
  };
  const files = tls ? { 'cert-file': tls.certificate, 'key-file': tls.key, 'trusted-ca-file': tls.ca } : {};
  const all = Object.entries({ ...names, ...urls, ...files }).map(([name, value]) => `--${name}=${value}`);
  if (tls) all.push('--client-cert-auth');
  const child = spawn(program, [...all, ...flags], { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  await serving(child);
  return child;
};

const serving = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => reject(new Error(`etcd ${why}: ${said.slice(-4_000)}`));
    const timer = setTimeout(() => fail('does not serve'), START_MS);
    child.on('error', (error) => fail(String(error)));
    child.on('exit', () => fail('ended'));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-16_000);
      if (!said.includes('ready to serve client requests') && !said.includes('serving client traffic')) return;
      clearTimeout(timer);
      resolve();
    });
  });
