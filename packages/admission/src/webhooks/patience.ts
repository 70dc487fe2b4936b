import type { UserInfo } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { LRUCache } from 'lru-cache';
import type { AdmissionAttributes } from '../admission.ts';
import { CallFailure } from './call-failure.ts';
import type { Webhook } from './webhook.ts';

/** How long the server's own writes wait for a webhook. */
const OWN_SECONDS = 3;
/** A call that took so long makes the server's own writes in its logical cluster wait for no webhook for a while. */
const SLOW_MS = 1_000;
const PAUSE_MS = 30_000;
/** So many logical clusters are remembered. */
const MOST = 10_000;

/** Who waits, and what time it is. */
export interface PatienceOptions {
  /** True for the user in whose name the server's own controllers write. */
  readonly isOwn: (user: UserInfo) => boolean;
  /** In milliseconds. */
  readonly clock: () => number;
}

/**
 * How long webhooks are waited for. The server's own controllers work for all logical clusters: the slow webhooks of one must not
 * keep them from the others. Their writes fail instead, or go on without where failures are ignored, and are tried again later.
 */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #pausedUntil = new LRUCache<LogicalCluster, number>({ max: MOST });

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Seconds that a webhook has. Throws CallFailure where it is not asked. */
  secondsFor({ name, timeoutSeconds }: Webhook, { user, cluster }: AdmissionAttributes): number {
    if (!this.#options.isOwn(user)) return timeoutSeconds;
    if ((this.#pausedUntil.get(cluster) ?? 0) > this.#options.clock())
      throw new CallFailure(name, 'failed to call webhook: webhooks here were too slow for the server a moment ago');
    return Math.min(timeoutSeconds, OWN_SECONDS);
  }

  /** Measures a call, from now until the result is called. */
  measure({ user, cluster }: AdmissionAttributes): () => void {
    const { isOwn, clock } = this.#options;
    const began = clock();
    return () => {
      const now = clock();
      if (isOwn(user) && now - began >= SLOW_MS) this.#pausedUntil.set(cluster, now + PAUSE_MS);
    };
  }
}
