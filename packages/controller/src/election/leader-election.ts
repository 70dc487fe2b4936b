import { ApiError } from '@kcp/api-machinery';
import type { Logger, Meter } from '@kcp/telemetry';
import type { Clock } from '../clock.ts';
import {
  initialElection,
  RETRY_JITTER,
  settingsProblem,
  type ElectionEffect,
  type ElectionEvent,
  type ElectionSettings,
  type ElectionState,
} from './election-state.ts';
import { electionStep } from './election-table.ts';
import type { Lease, LeaseClient } from './lease.ts';

/** What an election is made of. */
export interface ElectionOptions extends Partial<Omit<ElectionSettings, 'identity'>> {
  readonly identity: string;
  /** In logs and metrics; the lease's name. */
  readonly name: string;
  readonly client: LeaseClient;
  /** Has to run steadily: a step of the machine's time must not end or lengthen a term. */
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A time of leading. */
export interface Term {
  /** Aborted when the lease is lost, before another can hold it. Nothing may be written any more then. */
  readonly signal: AbortSignal;
  /** False from the moment the lease may be another's: by the clock, so also where a process was frozen and timers are late. */
  isCurrent(): boolean;
}

/** How a candidacy ended: there was no more to do, and the lease is not ours; or it was lost while there was. */
export type ElectionEnd = 'left' | 'lost';

/**
 * Waits for the lease, then runs `lead` once, which ends of its own accord when `signal` or the term's is aborted. The lease is
 * renewed until `lead` is over, and given back only then. Fulfils when that is done, or when `signal` was aborted before there
 * was a term; rejects with what `lead` rejects with, and with RangeError where the settings cannot keep two terms apart.
 */
export async function runElection(
  options: ElectionOptions,
  lead: (term: Term) => Promise<void>,
  signal: AbortSignal,
): Promise<ElectionEnd> {
  const settings = {
    identity: options.identity,
    leaseDurationMs: options.leaseDurationMs ?? 15_000,
    renewDeadlineMs: options.renewDeadlineMs ?? 10_000,
    retryPeriodMs: options.retryPeriodMs ?? 2_000,
  };
  const problem = settingsProblem(settings);
  if (problem !== undefined) throw new RangeError(problem);
  const candidate = new Candidate(options, settings, lead);
  return candidate.run(signal);
}

class Candidate {
  readonly #options: ElectionOptions;
  readonly #settings: ElectionSettings;
  readonly #lead: (term: Term) => Promise<void>;
  readonly #logger: Logger;
  readonly #isLeader: (isLeader: boolean) => void;
  readonly #ended = Promise.withResolvers<void>();
  readonly #term = new AbortController();
  #state: ElectionState = initialElection;
  #work: Promise<void> | undefined;
  #request: AbortController | undefined;
  #retry: Disposable | undefined;
  #deadline: Disposable | undefined;
  #isLost = false;

  constructor(options: ElectionOptions, settings: ElectionSettings, lead: (term: Term) => Promise<void>) {
    this.#options = options;
    this.#settings = settings;
    this.#lead = lead;
    this.#logger = options.logger.child({ lease: options.name, identity: settings.identity });
    const gauge = options.meter.gauge({
      name: 'leader_election_master_status',
      help: '1 while this process holds the lease, else 0.',
      labels: ['name'],
    });
    this.#isLeader = (isLeader) => gauge.set(Number(isLeader), { name: options.name });
  }

  async run(signal: AbortSignal): Promise<ElectionEnd> {
    this.#isLeader(false);
    const onAbort = (): void => this.#resign();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) this.#resign();
    else this.#take({ kind: 'tick', of: undefined });
    try {
      await this.#ended.promise;
      await this.#work;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#isLeader(false);
    }
    return this.#isLost ? 'lost' : 'left';
  }

  /** A leader leaves when its work is over. */
  #resign(): void {
    if (this.#work === undefined) this.#take({ kind: 'leave', of: undefined });
  }

  #take(event: ElectionEvent): void {
    const { state, effects } = electionStep(this.#state, event, {
      settings: this.#settings,
      now: this.#options.clock.now(),
    });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ElectionEffect): void {
    const { client, clock, random } = this.#options;
    const { retryPeriodMs } = this.#settings;
    switch (effect.kind) {
      case 'read':
        return this.#ask(async (signal) => ({ kind: 'read', of: { lease: await client.read(signal) } }));
      case 'create':
        return this.#ask(async (signal) => written(await client.create(effect.record, signal)));
      case 'replace':
        return this.#ask(async (signal) => written(await client.replace(effect.lease, effect.record, signal)));
      case 'hangUp':
        return this.#hangUp();
      case 'wait': {
        const wait = effect.hasJitter ? retryPeriodMs * (1 + RETRY_JITTER * random()) : retryPeriodMs;
        this.#retry = clock.after(wait, () => this.#take({ kind: 'tick', of: undefined }));
        return;
      }
      case 'lead':
        return this.#leadUntil(effect.until);
      case 'lose':
        this.#isLost = true;
        this.#isLeader(false);
        this.#logger.error('The lease is lost: stopping what only its holder may do');
        return this.#term.abort();
      case 'end':
        this.#deadline?.[Symbol.dispose]();
        return this.#ended.resolve();
      default:
        return effect satisfies never;
    }
  }

  #leadUntil(until: number): void {
    const { clock } = this.#options;
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = clock.after(until - clock.now(), () => this.#take({ kind: 'deadline', of: undefined }));
    if (this.#work !== undefined) return;
    this.#isLeader(true);
    this.#logger.info('Leading from now on', { transitions: this.#state.lease?.record.transitions });
    const isCurrent = (): boolean => !this.#term.signal.aborted && clock.now() < this.#state.until;
    this.#work = this.#lead({ signal: this.#term.signal, isCurrent });
    const leave = (): void => this.#take({ kind: 'leave', of: undefined });
    this.#work.then(leave, leave);
  }

  /** A request may take half a term, so that another can follow it within the term. */
  #ask(send: (signal: AbortSignal) => Promise<ElectionEvent>): void {
    this.#hangUp();
    const request = new AbortController();
    this.#request = request;
    const { clock } = this.#options;
    const limit = clock.after(this.#settings.renewDeadlineMs / 2, () => request.abort());
    const answered = (event: ElectionEvent): void => {
      limit[Symbol.dispose]();
      if (this.#request === request) this.#take(event);
    };
    const aborted = new Promise<never>((_resolve, reject) => {
      request.signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
    });
    Promise.race([send(request.signal), aborted]).then(answered, (error: unknown) => answered(this.#failed(error)));
  }

  #failed(error: unknown): ElectionEvent {
    const isConflict = error instanceof ApiError && (error.code === 409 || error.code === 404);
    if (isConflict) return { kind: 'conflicted', of: undefined };
    this.#logger.warn('The lease cannot be read or written', { error });
    return { kind: 'failed', of: undefined };
  }

  #hangUp(): void {
    const request = this.#request;
    this.#request = undefined;
    request?.abort();
    this.#retry?.[Symbol.dispose]();
    this.#retry = undefined;
  }
}

function written(lease: Lease): ElectionEvent {
  return { kind: 'written', of: { lease } };
}
