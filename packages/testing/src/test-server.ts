import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type LoopbackClient, type Server, type ServerOptions } from '@kcp/server';
import { formatTestKubeconfig } from './test-kubeconfig.ts';
import { formatTokenFile, testUsers } from './test-users.ts';
import { openWire, type Wire } from './wire.ts';

/** What a test may want otherwise; the folder and the users are the test server's business. */
export type TestServerOptions = Omit<ServerOptions, 'rootDirectory' | 'tokenAuthFile' | 'port'>;

/** A server in this process, on a free port, with a folder of its own that goes with it. */
export interface TestServer extends AsyncDisposable {
  readonly server: Server;
  readonly url: string;
  /** A folder for what the test writes; removed with the server. */
  readonly folder: string;
  /** The token of one of `testUsers`. */
  tokenOf(user: keyof typeof testUsers): string;
  /** An in-process client of one logical cluster, as the shard's admin. */
  client(cluster: string): LoopbackClient;
  /** A client over a socket of its own, as one of `testUsers` (admin). */
  wire(cluster: string, user?: keyof typeof testUsers): Wire;
  /** Writes a kubeconfig for a logical cluster and one of `testUsers` (admin); its path. */
  kubeconfig(cluster: string, user?: keyof typeof testUsers): Promise<string>;
}

/**
 * Starts a server on a memory store that freezes what it hands out, with `testUsers`. Rejects with what `start` rejects with;
 * nothing is left behind then.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kcp-test-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const tokenAuthFile = join(folder, 'tokens.csv');
  await writeFile(tokenAuthFile, formatTokenFile());
  const rootDirectory = join(folder, 'root');
  const server = parts.use(
    await start({ storage: 'memory', freezesObjects: true, graceMs: 1000, ...options, rootDirectory, tokenAuthFile }),
  );
  const wires = parts.use(new DisposableStack());
  const owned = parts.move();
  const authority = server.certificateAuthority;
  const under = (cluster: string): string => `${server.url}/clusters/${cluster}`;
  return {
    server,
    url: server.url,
    folder,
    tokenOf: (user) => testUsers[user].token,
    client: (cluster) => server.client(cluster),
    wire: (cluster, user = 'admin') =>
      wires.use(openWire({ url: under(cluster), token: testUsers[user].token, authority })),
    kubeconfig: async (cluster, user = 'admin') => {
      const path = join(folder, `${cluster.replaceAll(/[^a-z0-9-]/g, '_')}.${user}.kubeconfig`);
      await writeFile(path, formatTestKubeconfig({ server: under(cluster), token: testUsers[user].token, authority }));
      return path;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
