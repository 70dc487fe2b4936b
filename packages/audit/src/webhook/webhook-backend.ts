import type { AuditClock, Backend } from '../backend/backend.ts';
import type { AuditFailures } from '../failures.ts';
import { eventList } from './event-list.ts';

/** Posts a JSON body to the webhook; the status of its answer. Rejects where there is none, or when the signal is aborted. */
export type Post = (body: Buffer, signal: AbortSignal) => Promise<number>;

/** What a webhook needs. */
export interface WebhookOptions {
  readonly post: Post;
  /** Before the first retry, in milliseconds; later ones wait longer. */
  readonly initialBackoffMs: number;
  readonly clock: AuditClock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Aborted when the server begins to stop: nothing waits for another try any more. */
  readonly stopping: AbortSignal;
  readonly failures: AuditFailures;
}

/** kube-apiserver's: five tries, each wait half as long again as the one before, up to a fifth more by chance. */
const TRIES = 5;
const FACTOR = 1.5;
const JITTER = 0.2;
/** How long one try may take. */
const TIMEOUT_MS = 30_000;

/** Posts events as an EventList, tries again whatever the reason, and gives a batch up after the last try. */
export function webhookBackend(options: WebhookOptions): Backend {
  const given = new AbortController();
  return {
    process: async (events) => {
      try {
        await deliver(eventList(events), options, given.signal);
        return true;
      } catch (error) {
        options.failures.report('webhook', error, events.length);
        return false;
      }
    },
    close: async (deadline) => {
      if (deadline.aborted) given.abort();
      deadline.addEventListener('abort', () => given.abort(), { once: true });
    },
  };
}

async function deliver(body: Buffer, options: WebhookOptions, given: AbortSignal): Promise<void> {
  let wait = options.initialBackoffMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(body, options, given);
    } catch (error) {
      if (attempt >= TRIES || given.aborted || options.stopping.aborted) throw error;
    }
    await pause(wait * (1 + JITTER * options.random()), options);
    wait *= FACTOR;
  }
}

async function once(body: Buffer, { post, clock }: WebhookOptions, given: AbortSignal): Promise<void> {
  const late = new AbortController();
  using _timer = clock.after(TIMEOUT_MS, () => late.abort(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
  const status = await post(body, AbortSignal.any([given, late.signal]));
  if (status < 200 || status > 299) throw new Error(`the webhook answered with ${status}`);
}

/** Waits, but not when the server stops. */
function pause(milliseconds: number, { clock, stopping }: WebhookOptions): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(milliseconds, done);
    stopping.addEventListener('abort', done, { once: true });
    function done(): void {
      timer[Symbol.dispose]();
      stopping.removeEventListener('abort', done);
      resolve();
    }
    if (stopping.aborted) done();
  });
}
