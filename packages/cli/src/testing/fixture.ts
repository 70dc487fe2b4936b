import { kubeconfigFiles, parseKubeconfig, type Kubeconfig } from '@kcp/client';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Overrides } from '../kubeconfig/overrides.ts';
import type { Output } from '../output.ts';
import { openSession, type Session, type SessionOptions } from '../session.ts';
import { startWorkspaceServer, type WorkspaceServer } from './workspace-server.ts';

/** What a command said, line by line. */
export interface Said {
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** An output that keeps what it is told. */
export interface RecordedOutput extends Output {
  readonly said: Said;
  /** What was waited for. */
  readonly waits: readonly string[];
}

export function recordOutput(): RecordedOutput {
  const [out, err, waits]: [string[], string[], string[]] = [[], [], []];
  return {
    print: (line) => void out.push(line),
    note: (line) => void err.push(line),
    waiting: (text) => void waits.push(text),
    said: { out, err },
    waits,
  };
}

/** Nothing said on the command line. */
export const noOverrides: Overrides = {
  context: '',
  cluster: '',
  user: '',
  namespace: '',
  server: '',
  certificateAuthority: '',
  insecureSkipTlsVerify: false,
  tlsServerName: '',
  proxyUrl: '',
  disableCompression: false,
  token: '',
  username: '',
  password: '',
  clientCertificate: '',
  clientKey: '',
  as: '',
  asUid: '',
  asGroup: [],
};

/** A server of workspaces, and a kubeconfig with the contexts `root` and `base` as kcp writes them. */
export interface Fixture extends AsyncDisposable {
  readonly server: WorkspaceServer;
  readonly folder: string;
  readonly file: string;
  /** What the kubeconfig says now. */
  config(): Promise<Kubeconfig>;
  /** Opens a session for one command; its output is recorded. */
  run<T>(work: (session: Session) => Promise<T> | T, options?: Partial<SessionOptions>): Promise<Said & { result: T }>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openFixture(): Promise<Fixture> {
  const server = await startWorkspaceServer();
  const folder = await mkdtemp(join(tmpdir(), 'kcp-cli-'));
  const file = join(folder, 'config');
  await writeFile(file, formatContexts(server.url));
  return {
    server,
    folder,
    file,
    config: async () => parseKubeconfig(await readFile(file, 'utf8'), file),
    run: async (work, options = {}) => {
      const output = recordOutput();
      await using session = await openSession({
        output,
        files: kubeconfigFiles({ variable: file, home: folder }),
        overrides: noOverrides,
        workspace: '',
        home: '/home/ann',
        userAgent: 'test',
        requestTimeoutMs: 0,
        exec: { environment: {} },
        ...options,
      });
      const result = await work(session);
      return { ...output.said, result };
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** A kubeconfig as kcp writes it for its administrator. */
export function formatContexts(url: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'root',
    clusters: [
      { name: 'root', cluster: { server: `${url}/clusters/root`, 'x-kept': 'yes' } },
      { name: 'base', cluster: { server: url } },
    ],
    contexts: [
      { name: 'root', context: { cluster: 'root', user: 'me', namespace: 'here' } },
      { name: 'base', context: { cluster: 'base', user: 'other' } },
    ],
    users: [
      { name: 'me', user: { token: 'mine' } },
      { name: 'other', user: { token: 'theirs' } },
    ],
  });
}
