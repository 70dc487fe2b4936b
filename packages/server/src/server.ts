import type { LoopbackClient } from './loopback-client.ts';

/** A running server. Disposing of it stops it: requests under way end first. */
export interface Server extends AsyncDisposable {
  /** `https://host:port`, without a path. */
  readonly url: string;
  readonly port: number;
  /** The certificate that the server is checked by, PEM. */
  readonly certificateAuthority: string;
  /** The path of the admin kubeconfig. */
  readonly kubeconfig: string;
  /** The token of the shard admin, who is in system:masters. */
  readonly adminToken: string;
  /** A client of one logical cluster, in the process: as the shard admin, through the same door as everybody. */
  client(cluster: string): LoopbackClient;
  /** The same with somebody's token. */
  clientOf(token: string, cluster: string): LoopbackClient;
  /** Stops the server; further calls wait for the first. */
  stop(): Promise<void>;
}
