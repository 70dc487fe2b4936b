import { setTimeout } from 'node:timers/promises';
import type { ChannelOptions, ClientDuplexStream } from '@grpc/grpc-js';
import { Client, Metadata } from '@grpc/grpc-js';
import type { Logger } from '@kcp/telemetry';
import { calls, streams } from './codec.ts';
import type { Endpoint, EtcdServers } from './credentials.ts';
import { endpointsOf, readCredentials } from './credentials.ts';
import { EtcdError, failureOf } from './failure.ts';
import type { Calls, Header, Streams } from './messages.ts';

/** How to reach etcd. */
export interface ConnectionOptions extends EtcdServers {
  readonly logger: Logger;
  /** Read to find out whether a server answers. */
  readonly probe: Buffer;
}

/** A stream both ways, as gRPC gives it. */
export type Stream<Name extends keyof Streams> = ClientDuplexStream<
  Streams[Name]['request'],
  Streams[Name]['response']
>;

/** How long one server may take to answer the first call, in milliseconds. */
const CONNECT_MS = 3_000;
/** Between rounds over the servers, in milliseconds: from, up to. */
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/** Half-open connections are found by HTTP/2 pings; etcd allows one in 5 s. */
const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.enable_retries': 0,
};

/**
 * One connection to one server of the cluster; where it fails the next server is tried, with the files as they are then. Nothing is ever sent twice here:
 * whoever calls knows what a repetition means.
 */
export class Connection implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  #next = 0;
  #client: Client | undefined;
  #connecting: Promise<Client> | undefined;
  #problem: string | undefined = 'not connected yet';
  /** The etcd that this process works with. */
  #cluster: string | undefined;
  /** The newest revision that etcd has told of. */
  #revision = 0;
  #stranger: EtcdError | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#endpoints = endpointsOf(options);
    this.#logger = options.logger;
  }

  /** Why there is no connection; undefined where there is one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Why nothing goes on before a restart; undefined where it does. */
  get stranger(): EtcdError | undefined {
    return this.#stranger;
  }

  /** Takes note of who etcd is. Throws EtcdError `stranger` where it is another one than before. */
  recognize({ clusterId }: Pick<Header, 'clusterId'>): void {
    this.#cluster ??= clusterId;
    if (this.#cluster !== clusterId) throw this.#distrust('it is another cluster');
  }

  /** Fulfils when etcd answers. Rejects with EtcdError `unreachable` after so many milliseconds: then nothing was sent. */
  async connected(withinMs: number): Promise<Client> {
    if (this.#stranger !== undefined) throw this.#stranger;
    if (this.#client !== undefined) return this.#client;
    const late = new AbortController();
    try {
      return await Promise.race([
        this.#connect(),
        setTimeout(withinMs, undefined, { signal: late.signal }).then(() => {
          throw new EtcdError('unreachable', `etcd does not answer: ${this.#problem}`);
        }),
      ]);
    } finally {
      late.abort();
    }
  }

  /** Makes a call over a connection that is there. Rejects with EtcdError. */
  call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]['request'],
    { client, withinMs }: { readonly client: Client; readonly withinMs: number },
  ): Promise<Calls[Name]['response']> {
    const { path, encode, decode } = calls[name];
    const seen = this.#revision;
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + withinMs };
      client.makeUnaryRequest(path, encode, decode, request, new Metadata(), options, (error, response) => {
        try {
          if (error !== null || response === undefined) throw this.#failed(client, error);
          this.#inspect(response.header, seen);
          resolve(response);
        } catch (failure) {
          reject(failureOf(failure));
        }
      });
    });
  }

  /** Waits for a connection, then makes a call that may be repeated at will. */
  async ask<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]['request'],
    withinMs: number,
  ): Promise<Calls[Name]['response']> {
    const end = Date.now() + withinMs;
    for (;;) {
      const client = await this.connected(end - Date.now());
      try {
        return await this.call(name, request, { client, withinMs: Math.max(1, end - Date.now()) });
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind !== 'unreachable' || Date.now() + PAUSE_MS >= end) throw failure;
        await this.#pause(PAUSE_MS);
      }
    }
  }

  /** Opens a stream over a connection that is there. Its errors are told to `failed` by whoever reads it. */
  stream<Name extends keyof Streams>(name: Name, client: Client): Stream<Name> {
    const { path, encode, decode } = streams[name];
    return client.makeBidiStreamRequest(path, encode, decode, new Metadata());
  }

  /** Takes note that something failed on a connection; the next one to need one goes to the next server. */
  failed(client: Client, error: unknown): EtcdError {
    return this.#failed(client, error);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#client?.close();
    this.#client = undefined;
  }

  /** What was asked for when a revision was known is answered at that revision or a later one, whichever member answers: etcd's answers are linearizable. */
  #inspect(header: Header, seen: number): void {
    this.recognize(header);
    const revision = Number(header.revision);
    if (revision < seen) throw this.#distrust(`it is back at revision ${revision}, after ${seen}`);
    this.#revision = Math.max(this.#revision, revision);
  }

  #distrust(reason: string): EtcdError {
    const message = `etcd is not what it was: ${reason}; it was restored from a backup, or replaced: restart this server`;
    if (this.#stranger === undefined) this.#logger.error(message);
    this.#stranger ??= new EtcdError('stranger', message);
    return this.#stranger;
  }

  #failed(client: Client, error: unknown): EtcdError {
    const failure = failureOf(error);
    if (failure.kind !== 'unreachable' || client !== this.#client) return failure;
    this.#client = undefined;
    this.#problem = failure.message;
    this.#next += 1;
    client.close();
    if (!this.#abort.signal.aborted) this.#logger.warn('the connection to etcd failed', { reason: failure.message });
    return failure;
  }

  #connect(): Promise<Client> {
    this.#connecting ??= this.#tryAll().finally(() => {
      this.#connecting = undefined;
    });
    this.#connecting.catch(() => {});
    return this.#connecting;
  }

  async #tryAll(): Promise<Client> {
    let pause = PAUSE_MS;
    for (let tried = 1; ; tried += 1) {
      if (this.#stranger !== undefined) throw this.#stranger;
      if (this.#abort.signal.aborted) throw new EtcdError('unreachable', 'the store is closed');
      const client = await this.#try(this.#endpoints[this.#next % this.#endpoints.length]);
      if (client !== undefined) return client;
      this.#next += 1;
      if (tried % this.#endpoints.length !== 0) continue;
      await this.#pause(pause);
      pause = Math.min(2 * pause, MAX_PAUSE_MS);
    }
  }

  async #try(endpoint: Endpoint | undefined): Promise<Client | undefined> {
    if (endpoint === undefined) return undefined;
    let client: Client | undefined;
    try {
      client = new Client(endpoint.address, readCredentials(endpoint, this.#options), channelOptions);
      await this.call('Range', { key: this.#options.probe, keysOnly: true }, { client, withinMs: CONNECT_MS });
    } catch (error) {
      const { kind, message } = failureOf(error);
      // Who is answered that something is forbidden is connected; what is asked for later says so again.
      if (kind === 'unreachable' || client === undefined) {
        client?.close();
        this.#say(`${endpoint.address}: ${message}`);
        return undefined;
      }
    }
    if (this.#abort.signal.aborted) {
      client.close();
      return undefined;
    }
    this.#client = client;
    this.#problem = undefined;
    this.#logger.info('connected to etcd', { server: endpoint.address });
    return client;
  }

  /** Once for each new reason. */
  #say(problem: string): void {
    if (problem !== this.#problem && !this.#abort.signal.aborted)
      this.#logger.warn('etcd cannot be reached', { reason: problem });
    this.#problem = problem;
  }

  async #pause(milliseconds: number): Promise<void> {
    await setTimeout(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => {});
  }
}
