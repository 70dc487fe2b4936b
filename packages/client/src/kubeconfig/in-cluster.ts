import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeconfigError } from './kubeconfig-error.ts';
import type { Connection } from './connection.ts';
import { codeOf } from '../thrown.ts';

/** Where a pod finds its API server. */
export interface InClusterSources {
  /** The value of KUBERNETES_SERVICE_HOST. */
  readonly host: string | undefined;
  /** The value of KUBERNETES_SERVICE_PORT. */
  readonly port: string | undefined;
  /** The folder of the service account's files: `token`, `ca.crt`, `namespace`. */
  readonly folder?: string;
}

/**
 * The connection of a pod by its service account. The token's file is read again while it is used, since kubelet renews it. Throws
 * KubeconfigError where the process runs in no pod: without host and port, or without a token.
 */
export async function inClusterConnection(sources: InClusterSources): Promise<Connection> {
  const { host, port, folder = '/var/run/secrets/kubernetes.io/serviceaccount' } = sources;
  if (!host) throw new KubeconfigError('not in a cluster: KUBERNETES_SERVICE_HOST is not set');
  if (!port) throw new KubeconfigError('not in a cluster: KUBERNETES_SERVICE_PORT is not set');
  const tokenFile = join(folder, 'token');
  const authority = join(folder, 'ca.crt');
  const token = await textOf(tokenFile);
  if (token === undefined) throw new KubeconfigError('not in a cluster: there is no token', { file: tokenFile });
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(server)) throw new KubeconfigError('KUBERNETES_SERVICE_HOST and _PORT make no address');
  return {
    server,
    ...((await textOf(authority)) !== undefined && { authority: { kind: 'file', path: authority } }),
    credential: { kind: 'token-file', path: tokenFile, token: token.trim() },
    namespace: (await textOf(join(folder, 'namespace')))?.trim() || 'default',
  };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new KubeconfigError('cannot be read', { file: path }, error);
  }
}
