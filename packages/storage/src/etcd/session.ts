import { randomBytes } from 'node:crypto';
import type { Logger } from '@kcp/telemetry';
import type { Layout } from './layout.ts';
import { pause, within } from './patience.ts';
import type { Connection } from './rpc/connection.ts';
import { EtcdError } from './rpc/failure.ts';
import type { LeaseKeepAliveResponse } from './rpc/messages.ts';

/** What this server is known by in etcd. */
export interface SessionState {
  /** 16 hexadecimal digits; stays as long as the process. */
  readonly id: string;
  readonly lease: string;
  /** The revision of the session's key. Every commit depends on it: with the key put anew, none that was sent before can happen any more. */
  readonly fence: number;
}

/** What a session is made of. */
export interface SessionOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly leaseMs: number;
  readonly requestMs: number;
  readonly logger: Logger;
}

/**
 * A lease, kept alive, and a key that goes with it. The key is the fence of this server's commits; the lease carries its leaderships. Where the lease is lost a new
 * one is taken at the next need.
 */
export class Session implements AsyncDisposable {
  readonly id = randomBytes(8).toString('hex');
  readonly #options: SessionOptions;
  readonly #over = new AbortController();
  readonly #lost = new Set<() => void>();
  #state: SessionState | undefined;
  #making: Promise<SessionState> | undefined;
  /** Fires when the lease may be gone, reckoned from when the last sign of life was sent. */
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    void this.#keepAlive();
  }

  /** The session, made where there is none. Rejects with EtcdError. */
  current(withinMs: number): Promise<SessionState> {
    if (this.#state !== undefined) return Promise.resolve(this.#state);
    return this.#make(withinMs);
  }

  /** Puts the fence anew unless that was done since: what was sent under the old one cannot happen after the new fence's revision. */
  renew(old: SessionState, withinMs: number): Promise<SessionState> {
    const { leaseMs } = this.#options;
    if (this.#state !== undefined && this.#state.fence !== old.fence) return Promise.resolve(this.#state);
    if (this.#state === undefined && this.#making === undefined) return this.#make(withinMs);
    this.#making ??= this.#put(old.lease, Math.max(withinMs, leaseMs)).finally(() => {
      this.#making = undefined;
    });
    return this.#wait(this.#making, withinMs);
  }

  /** Calls back each time the lease is lost, once. */
  onLost(call: () => void): Disposable {
    this.#lost.add(call);
    return { [Symbol.dispose]: () => void this.#lost.delete(call) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    clearTimeout(this.#expiry);
    const lease = this.#state?.lease;
    this.#state = undefined;
    if (lease === undefined || this.#options.connection.problem !== undefined) return;
    // Only so that others need not wait for the lease to run out.
    await this.#options.connection.ask('LeaseRevoke', { ID: lease }, 1_000).catch(() => {});
  }

  #make(withinMs: number): Promise<SessionState> {
    const { connection, leaseMs, requestMs } = this.#options;
    this.#making ??= (async () => {
      const sent = Date.now();
      const patience = Math.max(requestMs, withinMs);
      const { ID } = await connection.ask('LeaseGrant', { TTL: Math.ceil(leaseMs / 1000) }, patience);
      this.#extend(sent + leaseMs);
      return this.#put(ID, patience);
    })().finally(() => {
      this.#making = undefined;
    });
    return this.#wait(this.#making, withinMs);
  }

  async #put(lease: string, withinMs: number): Promise<SessionState> {
    const { connection, layout } = this.#options;
    const put = { key: layout.session(this.id), value: Buffer.alloc(0), lease };
    try {
      const { header } = await connection.ask('Txn', { compare: [], success: [{ put }], failure: [] }, withinMs);
      const state = { id: this.id, lease, fence: Number(header.revision) };
      if (!this.#over.signal.aborted) this.#state = state;
      return state;
    } catch (error) {
      if (!(error instanceof EtcdError) || error.kind !== 'no lease') throw error;
      this.#lose(lease);
      const sent = Date.now();
      const { ID } = await connection.ask('LeaseGrant', { TTL: Math.ceil(this.#options.leaseMs / 1000) }, withinMs);
      this.#extend(sent + this.#options.leaseMs);
      return this.#put(ID, withinMs);
    }
  }

  #wait(made: Promise<SessionState>, withinMs: number): Promise<SessionState> {
    made.catch(() => {});
    return within(made, withinMs, () => {
      return new EtcdError('unreachable', `etcd does not answer: ${this.#options.connection.problem ?? 'no session'}`);
    });
  }

  /** Ends the session here before etcd can have ended it. */
  #extend(until: number): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#lose(this.#state?.lease), Math.max(0, until - Date.now())).unref();
  }

  #lose(lease: string | undefined): void {
    if (lease === undefined || this.#state?.lease !== lease) return;
    this.#state = undefined;
    clearTimeout(this.#expiry);
    if (this.#over.signal.aborted) return;
    this.#options.logger.warn('the lease in etcd is lost', { session: this.id });
    for (const call of [...this.#lost]) call();
  }

  async #keepAlive(): Promise<void> {
    const { leaseMs } = this.#options;
    const { signal } = this.#over;
    while (!signal.aborted) {
      await pause(leaseMs / 4, signal);
      const lease = this.#state?.lease;
      if (lease === undefined || signal.aborted) continue;
      const sent = Date.now();
      try {
        const { TTL } = await this.#signOfLife(lease);
        if (Number(TTL) <= 0) this.#lose(lease);
        else if (this.#state?.lease === lease) this.#extend(sent + leaseMs);
      } catch {
        // The expiry ends the session if this goes on.
      }
    }
  }

  async #signOfLife(lease: string): Promise<LeaseKeepAliveResponse> {
    const { connection, leaseMs } = this.#options;
    const patience = leaseMs / 2;
    const client = await connection.connected(patience);
    const stream = connection.stream('LeaseKeepAlive', client);
    try {
      const answer = new Promise<LeaseKeepAliveResponse>((resolve, reject) => {
        stream
          .on('data', resolve)
          .on('error', reject)
          .on('end', () => reject(new EtcdError('unreachable', 'cut off')));
      });
      stream.write({ ID: lease });
      return await within(answer, patience, () => new EtcdError('unreachable', 'etcd does not answer'));
    } catch (error) {
      throw connection.failed(client, error);
    } finally {
      stream.on('error', () => {});
      stream.cancel();
    }
  }
}
