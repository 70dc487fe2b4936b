import type { Logger } from '@kcp/telemetry';
import type { Lead, Leadership, Term } from '../leadership.ts';
import type { Layout } from './layout.ts';
import { pause } from './patience.ts';
import type { Connection } from './rpc/connection.ts';
import type { Session } from './session.ts';

/** What elections are made of. */
export interface ElectionOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly session: Session;
  readonly requestMs: number;
  readonly logger: Logger;
}

/** A vacancy is told by the watch stream; it is looked for so often besides, in milliseconds. */
const LOOK_MS = 2_000;

/** Elections in etcd: who puts `<prefix>/leaders/<role>` under its lease has the role until the lease ends or the key is given back. */
export class Elections implements Leadership {
  readonly isContested = true;
  readonly #options: ElectionOptions;
  readonly #vacancies = new Map<string, Set<() => void>>();

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** A role has no leader any more. */
  vacated(role: string): void {
    for (const call of this.#vacancies.get(role) ?? []) call();
  }

  campaign(role: string, lead: Lead): AsyncDisposable {
    const over = new AbortController();
    const done = this.#run({ role, lead, signal: over.signal });
    return {
      [Symbol.asyncDispose]: async () => {
        over.abort();
        await done;
      },
    };
  }

  async #run(race: { readonly role: string; readonly lead: Lead; readonly signal: AbortSignal }): Promise<void> {
    const { role, lead, signal } = race;
    const logger = this.#options.logger.child({ role });
    while (!signal.aborted) {
      const look = this.#nextLook(role, signal);
      try {
        const lease = await this.#win(role);
        if (lease !== undefined) await this.#serve({ role, lead, signal, lease, logger });
      } catch (error) {
        if (!signal.aborted) logger.debug('the election goes on', { error });
      }
      await look;
    }
  }

  /** Fulfils when the role is vacant, or some time later. */
  async #nextLook(role: string, signal: AbortSignal): Promise<void> {
    const vacant = new AbortController();
    const calls = this.#vacancies.get(role) ?? new Set();
    this.#vacancies.set(role, calls);
    const call = (): void => vacant.abort();
    calls.add(call);
    await pause(LOOK_MS, AbortSignal.any([signal, vacant.signal]));
    calls.delete(call);
  }

  /** The lease under which this server has the role now; undefined where another has it. */
  async #win(role: string): Promise<string | undefined> {
    const { connection, layout, session, requestMs } = this.#options;
    const { id, lease } = await session.current(requestMs);
    const key = layout.leader(role);
    const { succeeded, responses } = await connection.ask(
      'Txn',
      {
        compare: [{ key, target: 'CREATE', result: 'EQUAL', createRevision: 0 }],
        success: [{ put: { key, value: Buffer.from(`${id} ${lease}`), lease } }],
        failure: [{ range: { key } }],
      },
      requestMs,
    );
    // It may be there from an attempt whose answer was lost.
    const isOurs = succeeded || responses[0]?.range?.kvs[0]?.value.toString() === `${id} ${lease}`;
    return isOurs ? lease : undefined;
  }

  async #serve(won: {
    readonly role: string;
    readonly lead: Lead;
    readonly signal: AbortSignal;
    readonly lease: string;
    readonly logger: Logger;
  }): Promise<void> {
    const { role, lead, signal, lease, logger } = won;
    const { session, requestMs } = this.#options;
    const end = new AbortController();
    using _ = session.onLost(() => end.abort());
    const over = AbortSignal.any([signal, end.signal]);
    const state = await session.current(requestMs);
    if (state.lease !== lease) return;
    const term: Term = { role, holder: `${state.id} ${lease} ${state.fence}`, signal: over };
    logger.info('this server leads');
    try {
      const work = await lead(term);
      await aborted(over);
      await work[Symbol.asyncDispose]();
    } catch (error) {
      logger.error('the work of the leader failed', { error });
    } finally {
      end.abort();
      await this.#giveBack(role, `${state.id} ${lease}`);
      logger.info('this server leads no more');
    }
  }

  async #giveBack(role: string, holder: string): Promise<void> {
    const { connection, layout } = this.#options;
    const key = layout.leader(role);
    const compare = [{ key, target: 'VALUE', result: 'EQUAL', value: Buffer.from(holder) } as const];
    const request = { compare, success: [{ delete: { key } }], failure: [] };
    // Where this fails the lease ends it.
    if (connection.problem === undefined) await connection.ask('Txn', request, 1_000).catch(() => {});
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
