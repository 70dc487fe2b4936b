import { isIP } from 'node:net';
import { silentMeter, type Counter, type Meter } from '@kcp/telemetry';
import { createAgents, type Agents } from './agents.ts';
import type { OutboundAnswer, OutboundCall } from './call.ts';
import { checkedLookup, FailureSignal, systemResolve, type CheckedLookup, type Resolve } from './checked-lookup.ts';
import { exchange } from './exchange.ts';
import { OutboundError, type OutboundFailure } from './failure.ts';
import { defaultOutboundLimits, type OutboundLimits } from './limits.ts';
import { addressCheck, type AddressCheck, type OutboundPolicy } from './policy.ts';
import { openStream, type OutboundStream } from './stream.ts';
import { Turnstile, type Turn } from './turnstile.ts';

/** What a client is made with. */
export interface OutboundOptions {
  /** Which addresses may be called; `unrestricted` for those that the operator of the server chose. */
  readonly policy?: OutboundPolicy | 'unrestricted';
  /** What differs from `defaultOutboundLimits`. */
  readonly limits?: Partial<OutboundLimits>;
  readonly resolve?: Resolve;
  readonly meter?: Meter;
}

/** Calls addresses that somebody else chose. Disposing of it ends all calls. */
export interface Outbound extends AsyncDisposable {
  /** The answer, whatever its status; throws OutboundError where there is none. */
  send(call: OutboundCall): Promise<OutboundAnswer>;
  /** An answer that is handed over as it comes, with no bound on how long that takes; ends with the call's signal. Throws OutboundError. */
  stream(call: OutboundCall): Promise<OutboundStream>;
}

/** A client of its own. Throws TypeError for a block of the policy that is none. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  return new OutboundClient(options);
}

class OutboundClient implements Outbound {
  readonly #limits: OutboundLimits;
  readonly #isAllowed: AddressCheck;
  readonly #resolve: Resolve;
  readonly #turnstile: Turnstile;
  readonly #streams: Turnstile;
  readonly #agents: Agents;
  readonly #calls = new Set<AbortController>();
  readonly #counter: Counter;
  readonly #underway = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ policy, limits, resolve = systemResolve, meter = silentMeter }: OutboundOptions) {
    this.#limits = { ...defaultOutboundLimits, ...limits };
    this.#isAllowed = policy === 'unrestricted' ? () => true : addressCheck(policy);
    this.#resolve = resolve;
    this.#turnstile = new Turnstile(this.#limits);
    const { streamsPerTenant: perTenant, streams: total } = this.#limits;
    this.#streams = new Turnstile({ perTenant, queuePerTenant: 0, total });
    this.#agents = createAgents(this.#limits);
    this.#counter = meter.counter({
      name: 'outbound_requests_total',
      help: 'Outgoing calls by what became of them: an answer, or a kind of failure.',
      labels: ['outcome'],
    });
  }

  send(call: OutboundCall): Promise<OutboundAnswer> {
    return this.#told(call, this.#send(call));
  }

  stream(call: OutboundCall): Promise<OutboundStream> {
    return this.#told(call, this.#stream(call));
  }

  async #told<T>(call: OutboundCall, outcome: Promise<T>): Promise<T> {
    try {
      const answer = await outcome;
      this.#counter.add(1, { outcome: 'answer' });
      return answer;
    } catch (error) {
      if (!(error instanceof FailureSignal)) throw error;
      this.#counter.add(1, { outcome: error.failure.kind });
      const { method = 'GET', url } = call;
      throw new OutboundError(error.failure, { method, url: withoutPassword(url) }, error.cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const call of this.#calls) call.abort(new FailureSignal({ kind: 'closed' }));
    this.#agents.destroy();
    await Promise.allSettled(this.#underway);
  }

  async #send(call: OutboundCall): Promise<OutboundAnswer> {
    if (this.#closed) throw new FailureSignal({ kind: 'closed' });
    const url = this.#target(call.url);
    const controller = new AbortController();
    const { signal } = controller;
    const abort = (): void => controller.abort(new FailureSignal({ kind: 'aborted' }));
    if (call.signal?.aborted === true) throw new FailureSignal({ kind: 'aborted' });
    call.signal?.addEventListener('abort', abort);
    this.#calls.add(controller);
    let phase: 'queue' | 'body' = 'queue';
    const timeoutMs = Math.min(call.timeoutMs ?? Infinity, this.#limits.totalMs);
    const timer = setTimeout(() => controller.abort(new FailureSignal({ kind: 'timeout', phase })), timeoutMs);
    try {
      const turn = await this.#turnstile.enter(call.tenant, signal);
      if (!turn) throw new FailureSignal({ kind: 'busy', tenant: call.tenant });
      phase = 'body';
      return await this.#take(turn, { call, url, signal });
    } finally {
      clearTimeout(timer);
      this.#calls.delete(controller);
      call.signal?.removeEventListener('abort', abort);
    }
  }

  async #stream(call: OutboundCall): Promise<OutboundStream> {
    if (this.#closed) throw new FailureSignal({ kind: 'closed' });
    const url = this.#target(call.url);
    const controller = new AbortController();
    const { signal } = controller;
    if (call.signal?.aborted === true) throw new FailureSignal({ kind: 'aborted' });
    const turn = await this.#streams.enter(call.tenant, signal);
    if (!turn) throw new FailureSignal({ kind: 'busy', tenant: call.tenant });
    const abort = (): void => controller.abort(new FailureSignal({ kind: 'aborted' }));
    call.signal?.addEventListener('abort', abort);
    this.#calls.add(controller);
    const names = checkedLookup(this.#resolve, this.#isAllowed);
    const over = (): void => {
      this.#calls.delete(controller);
      call.signal?.removeEventListener('abort', abort);
      void leave(turn, names);
    };
    try {
      const parts = { agents: this.#agents, lookup: names.lookup, limits: this.#limits, signal, over };
      return await openStream(call, url, parts);
    } catch (error) {
      over();
      throw error;
    }
  }

  async #take(
    turn: Turn,
    { call, url, signal }: { call: OutboundCall; url: URL; signal: AbortSignal },
  ): Promise<OutboundAnswer> {
    const names = checkedLookup(this.#resolve, this.#isAllowed);
    const answer = exchange(call, url, { agents: this.#agents, lookup: names.lookup, limits: this.#limits, signal });
    this.#underway.add(answer);
    try {
      return await answer;
    } finally {
      this.#underway.delete(answer);
      void leave(turn, names);
    }
  }

  /** Throws FailureSignal for what cannot be called; a host that is an address is checked here, as nobody will resolve it. */
  #target(text: string): URL {
    const url = URL.parse(text);
    const why = url ? refusal(url) : `parse ${JSON.stringify(text)}: invalid URL`;
    if (!url || why !== undefined) throw invalid(why ?? '');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.#isAllowed(host)) throw new FailureSignal({ kind: 'denied', host, address: host });
    return url;
  }
}

/** Resolving cannot be broken off: a tenant's turn lasts until it ends, so that names that hang count too. */
async function leave(turn: Turn, names: CheckedLookup): Promise<void> {
  await names.settled();
  turn.leave();
}

function refusal(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return `unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`;
  }
  if (url.username !== '' || url.password !== '') return 'user information is not permitted in the URL';
  return url.hostname === '' ? 'http: no Host in request URL' : undefined;
}

function invalid(why: string): FailureSignal {
  const failure: OutboundFailure = { kind: 'invalidUrl', why };
  return new FailureSignal(failure);
}

function withoutPassword(text: string): string {
  const url = URL.parse(text);
  if (!url || url.password === '') return text;
  url.password = 'xxxxx';
  return url.href;
}
