import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { openWire, type Wire } from '@kcp/testing';
import { figuresOf } from './process-figures.ts';

/** A server to measure. */
export interface Target {
  /** The URL of one logical cluster, or of a server that has no such thing. */
  readonly url: string;
  readonly token: string;
  /** Its processes: what they use of the processor counts. */
  readonly pids: readonly number[];
  /** PEM of what its certificate is checked by; the system's authorities where it is absent. */
  readonly authority?: string;
}

/** The flags that name a peer. */
export interface PeerOptions {
  readonly 'peer-kubeconfig'?: string | undefined;
  readonly 'peer-url'?: string | undefined;
  readonly 'peer-token'?: string | undefined;
  readonly 'peer-ca'?: string | undefined;
  readonly 'peer-pids': string;
}

/** Opens connections to a server. */
export function wireTo({ url, token, authority }: Target): Wire {
  return openWire({ url, token, ...(authority !== undefined && { authority }) });
}

/** What the server's processes used of the processor since they began, in milliseconds. */
export async function cpuOf({ pids }: Target): Promise<number> {
  const figures = await Promise.all(pids.map((pid) => figuresOf(pid)));
  return figures.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** The server that is measured beside ours; undefined where none is named. Rejects where the kubeconfig lacks something. */
export async function peerTarget(options: PeerOptions): Promise<Target | undefined> {
  const pids = options['peer-pids'].split(',').filter(Boolean).map(Number);
  const file = options['peer-ca'];
  const named = file === undefined ? {} : { authority: await readFile(file, 'utf8') };
  const path = options['peer-kubeconfig'];
  if (path === undefined) {
    const [url, token] = [options['peer-url'], options['peer-token']];
    return url === undefined || token === undefined ? undefined : { url, token, pids, ...named };
  }
  const config = new KubeConfig();
  config.loadFromFile(path);
  const cluster = config.getCurrentCluster();
  const [url, token] = [cluster?.server, config.getCurrentUser()?.token];
  if (url === undefined || token === undefined) {
    throw new Error(`${path}: the current context has no server or no token`);
  }
  const authority = cluster?.caData && Buffer.from(cluster.caData, 'base64').toString('utf8');
  const fromFile = cluster?.caFile && (await readFile(cluster.caFile, 'utf8'));
  const found = authority || fromFile;
  return { url, token, pids, ...(found && { authority: found }), ...named };
}
