import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '@kcp/api-machinery';
import type { Transport, TransportRequest, TransportResponse } from '@kcp/http';
import { fixedCredentials, type CredentialSource } from '../credentials/credential-source.ts';
import { execCredentials, type ExecHost } from '../credentials/exec-credentials.ts';
import { impersonationHeaders } from '../credentials/impersonation-headers.ts';
import { tokenFileCredentials } from '../credentials/token-file.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import { KubeconfigError } from '../kubeconfig/kubeconfig-error.ts';
import { ConnectionError } from './connection-error.ts';
import { ConnectionPool } from './connection-pool.ts';
import { execClusterInfo } from './exec-cluster-info.ts';
import { readableResponse } from './response-body.ts';
import { defaultRetryPolicy, retrying, type RetryPolicy } from './retrying.ts';
import { materialReader, type MaterialReader } from './tls-material.ts';
import { defaultTransportLimits, type TransportLimits } from './transport-limits.ts';

/** How a connection is used. */
export interface NetworkOptions {
  readonly limits?: Partial<TransportLimits>;
  readonly retries?: Partial<RetryPolicy>;
  /** Allows credential plugins, and says what they are run with. Without it a connection that needs one is refused. */
  readonly exec?: ExecHost;
  /** Milliseconds since the epoch; the clock that credentials' ends and files' ages are measured with. */
  readonly now?: () => number;
}

/** A transport to one server as one user. Targets are whole paths, with that of the server's URL. */
export interface NetworkTransport extends AsyncDisposable {
  readonly send: Transport;
  /** No request is taken any more; those under way end first. `abort` ends them. */
  close(abort?: boolean): void;
}

/**
 * Opens nothing yet: the first request does. Requests reject with ConnectionError, CredentialError, KubeconfigError (a certificate's
 * file) or the signal's reason. Throws KubeconfigError for a connection with a credential plugin where `exec` is not given.
 */
export function networkTransport(connection: Connection, options: NetworkOptions = {}): NetworkTransport {
  const transport = new SocketTransport(connection, options);
  const policy = { ...defaultRetryPolicy, ...options.retries };
  const send = retrying((request) => transport.authenticated(request), policy, pause);
  return {
    send,
    close: (abort = false) => transport.close(abort),
    [Symbol.asyncDispose]: () => {
      transport.close(true);
      return Promise.resolve();
    },
  };
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

class SocketTransport {
  readonly #connection: Connection;
  readonly #limits: TransportLimits;
  readonly #credentials: CredentialSource;
  readonly #materials: MaterialReader;
  readonly #headers: Readonly<Record<string, string | readonly string[]>>;
  #pool: { readonly fingerprint: string; readonly pool: ConnectionPool } | undefined;
  readonly #retired = new Set<WeakRef<ConnectionPool>>();
  #closed = false;

  constructor(connection: Connection, { limits, exec, now = Date.now }: NetworkOptions) {
    this.#connection = connection;
    this.#limits = { ...defaultTransportLimits, ...limits };
    this.#materials = materialReader(connection, this.#limits.checkMs, now);
    const cluster = async (): Promise<JsonObject> =>
      execClusterInfo(connection, await this.#materials.current(undefined));
    this.#credentials = credentialSource(connection, { cluster, host: exec, now });
    this.#headers = {
      ...(connection.impersonate && impersonationHeaders(connection.impersonate)),
      ...(connection.compression !== false && { 'accept-encoding': 'gzip' }),
    };
  }

  /** Sends with the credentials of now; once more where the server refuses them and there are others. */
  async authenticated(request: TransportRequest): Promise<TransportResponse> {
    const presented = await this.#credentials.current();
    const response = await this.#send(request, presented);
    if (response.status !== 401 || !(await this.#credentials.refused(presented))) return response;
    await response.bytes();
    return this.#send(request, await this.#credentials.current());
  }

  close(abort: boolean): void {
    this.#closed = true;
    const end = (pool: ConnectionPool | undefined): void => (abort ? pool?.destroy() : pool?.retire());
    end(this.#pool?.pool);
    for (const pool of this.#retired) end(pool.deref());
    this.#pool = undefined;
  }

  async #send(request: TransportRequest, presented: Awaited<ReturnType<CredentialSource['current']>>) {
    const material = await this.#materials.current(presented.pair);
    if (this.#closed) throw new ConnectionError('full', 'the client is closed');
    if (this.#pool?.fingerprint !== material.fingerprint) {
      this.#retire();
      const pool = new ConnectionPool({ connection: this.#connection, material, limits: this.#limits });
      this.#pool = { fingerprint: material.fingerprint, pool };
    }
    const { authorization } = presented;
    const headers = { ...this.#headers, ...(authorization !== undefined && { authorization }), ...request.headers };
    return readableResponse(await this.#pool.pool.send({ ...request, headers }), this.#limits);
  }

  /** The certificates changed: what is under way ends on the connections it began on. */
  #retire(): void {
    for (const old of this.#retired) if (!old.deref()) this.#retired.delete(old);
    if (!this.#pool) return;
    this.#pool.pool.retire();
    this.#retired.add(new WeakRef(this.#pool.pool));
  }
}

function credentialSource(
  { credential = { kind: 'none' } }: Connection,
  { cluster, host, now }: { cluster: () => Promise<JsonObject>; host: ExecHost | undefined; now: () => number },
): CredentialSource {
  switch (credential.kind) {
    case 'none':
    case 'token':
    case 'basic':
      return fixedCredentials(credential);
    case 'token-file':
      return tokenFileCredentials({ path: credential.path, token: credential.token, now });
    case 'exec':
      if (!host) throw new KubeconfigError('credential plugins are not allowed here', { field: 'exec' });
      return execCredentials({ exec: credential.exec, host, cluster, now });
  }
}
