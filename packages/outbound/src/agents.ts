import type { Agent as HttpAgent, AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { Agent } from './node-http.ts';

/** Idle connections that are kept for the next call, over all addresses; the longest idle one goes first. */
class IdlePool {
  readonly #idle = new Set<Duplex>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(socket: Duplex): void {
    this.#idle.add(socket);
    socket.once('close', () => this.#idle.delete(socket));
    const [oldest] = this.#idle;
    if (this.#idle.size > this.#limit) oldest?.destroy();
  }

  remove(socket: Duplex): void {
    this.#idle.delete(socket);
  }
}

class PooledHttpAgent extends Agent {
  readonly #pool: IdlePool;

  constructor(options: AgentOptions, pool: IdlePool) {
    super(options);
    this.#pool = pool;
  }

  override keepSocketAlive(socket: Duplex): void {
    this.#pool.add(socket);
    return super.keepSocketAlive(socket);
  }

  override reuseSocket(...args: Parameters<HttpAgent['reuseSocket']>): void {
    this.#pool.remove(args[0]);
    super.reuseSocket(...args);
  }
}

class PooledHttpsAgent extends HttpsAgent {
  readonly #pool: IdlePool;

  constructor(options: AgentOptions, pool: IdlePool) {
    super(options);
    this.#pool = pool;
  }

  override keepSocketAlive(socket: Duplex): void {
    this.#pool.add(socket);
    return super.keepSocketAlive(socket);
  }

  override reuseSocket(...args: Parameters<HttpsAgent['reuseSocket']>): void {
    this.#pool.remove(args[0]);
    super.reuseSocket(...args);
  }
}

/** Connections of both schemes. */
export interface Agents {
  readonly plain: HttpAgent;
  readonly secure: HttpsAgent;
  destroy(): void;
}

/**
 * Agents that keep at most `idle` connections between calls, at most `idlePerHost` of one address and keys, none longer than
 * `idleMs`. Connections are shared by calls with the same address, name, authorities and client keys only.
 */
export function createAgents(limits: {
  readonly idle: number;
  readonly idlePerHost: number;
  readonly idleMs: number;
}): Agents {
  const pool = new IdlePool(limits.idle);
  const options: AgentOptions = {
    keepAlive: true,
    scheduling: 'lifo',
    maxFreeSockets: limits.idlePerHost,
    timeout: limits.idleMs,
  };
  const plain = new PooledHttpAgent(options, pool);
  const secure = new PooledHttpsAgent(options, pool);
  return {
    plain,
    secure,
    destroy: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}
