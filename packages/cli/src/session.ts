import { connectClient, loadKubeconfig, type Client, type ExecHost, type Kubeconfig } from '@kcp/client';
import type { KubeconfigFiles } from '@kcp/client';
import { CliError } from './cli-error.ts';
import { formatClusterUrl, parseClusterUrl, type ClusterUrl } from './cluster-url.ts';
import type { KubeconfigChange } from './kubeconfig/kubeconfig-change.ts';
import { chooseServer, type Overrides } from './kubeconfig/overrides.ts';
import { writeChange } from './kubeconfig/write-change.ts';
import type { Output } from './output.ts';
import { resolveWorkspacePath } from './workspace-path.ts';

/** What a command works with: the kubeconfig as it was read, the server, and somewhere to speak. */
export interface Session {
  readonly output: Output;
  readonly config: Kubeconfig;
  /** The files that it is in, in the order of their precedence. */
  readonly paths: readonly string[];
  /** The context that the command line names, whose cluster and user are taken along; undefined for the current one. */
  readonly context: string | undefined;
  /** The URL of where the command works, as it was written. */
  readonly server: string;
  /** A client of the whole server; `.cluster(path)` is one of a workspace. */
  readonly client: Client;
  /** The user's home folder, which a shell puts in the place of `~`. */
  readonly home: string;
  /** Changes the kubeconfig's files. */
  save(change: KubeconfigChange): Promise<void>;
}

/** What a session is opened with. */
export interface SessionOptions {
  readonly output: Output;
  readonly files: KubeconfigFiles;
  readonly overrides: Overrides;
  /** The workspace in which the command works instead of the current one, as `ws use` takes it; empty for none. */
  readonly workspace: string;
  readonly home: string;
  /** Sent as the user agent. */
  readonly userAgent: string;
  /** The most milliseconds until the server begins to answer; 0 for the client's own limit. */
  readonly requestTimeoutMs: number;
  /** What credential plugins are run with. */
  readonly exec: ExecHost;
}

/** A session that owns its connections. */
export interface OpenSession extends Session, AsyncDisposable {}

/** Reads the kubeconfig and makes ready to talk to the server; opens no connection yet. Rejects with KubeconfigError or CliError. */
export async function openSession(options: SessionOptions): Promise<OpenSession> {
  const { output, files, overrides, workspace, home, requestTimeoutMs, userAgent, exec } = options;
  const config = await loadKubeconfig(files);
  const { server, connection } = chooseServer(config, overrides);
  const url = parseClusterUrl(server);
  const client = connectClient(url ? { ...connection, server: url.base } : connection, {
    userAgent,
    exec,
    onWarning: ({ text }) => output.note(`Warning: ${text}`),
    ...(requestTimeoutMs > 0 && { limits: { headersMs: requestTimeoutMs, connectMs: requestTimeoutMs } }),
  });
  return {
    output,
    config,
    paths: files.paths,
    context: overrides.context || undefined,
    server: workspace === '' ? server : otherWorkspace(server, workspace),
    client,
    home,
    save: (change) => writeChange(files, change),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** The workspace that a session is in. Throws CliError where its URL is that of something else. */
export function currentWorkspace({ server }: Pick<Session, 'server'>): ClusterUrl {
  const url = parseClusterUrl(server);
  if (!url) throw new CliError(`current URL "${server}" does not point to a workspace`);
  return url;
}

function otherWorkspace(server: string, word: string): string {
  const { base, path } = currentWorkspace({ server });
  return formatClusterUrl({ base, path: resolveWorkspacePath(path, word) });
}
