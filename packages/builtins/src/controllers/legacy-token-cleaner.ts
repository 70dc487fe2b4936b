import { unlessOvertaken } from '@kcp/apiserver';
import { objectsAt, textAt } from '@kcp/api-machinery';
import { setImmediate as turn } from 'node:timers/promises';
import type { KubeObject } from '@kcp/api-machinery';
import { LEGACY_INVALID_SINCE, LEGACY_LAST_USED, utcDate } from '@kcp/auth';
import type { Clock, Controller } from '@kcp/controller';
import { wildcard } from '@kcp/logical-cluster';
import type { Bucket, ObjectKey, StoredObject } from '@kcp/object-store';
import { SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_TOKEN } from '../core/secret.ts';
import { serviceAccountBucket } from '../core/service-account.ts';
import type { ControllerReader, ReconcileDeps } from './deps.ts';
import { timeOfDate, trackLegacyTokens } from './legacy-token-tracking.ts';
import { startRounds } from './rounds.ts';
import type { BuiltinControllerDeps } from './start.ts';

const DAY_MS = 86_400_000;
/** After so long without a use (kube-controller-manager --legacy-service-account-token-clean-up-period). */
export const LEGACY_TOKEN_PERIOD_MS = 365 * DAY_MS;

const secretBucket: Bucket = { group: '', resource: 'secrets' };
/** Secrets may have a megabyte each: so many are looked at before the event loop turns. */
const PAGE = 20;

/** What the cleaner is made of. */
export interface LegacyTokenCleanerDeps extends ReconcileDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** After so long without a use a token is marked as invalid, and removed after as long again; in milliseconds. */
  readonly periodMs: number;
}

/** What is to be done with a Secret. */
type Verdict = 'keep' | 'mark' | 'remove';

/**
 * One round over the Secrets of all logical clusters: those that hold a token which was generated automatically (its account lists
 * the Secret) and not used for a period are marked as invalid, and removed when they were marked a period ago
 * (kube-controller-manager's legacy-service-account-token-cleaner). Nothing is done before uses were noted for as long.
 */
export async function cleanLegacyTokens(deps: LegacyTokenCleanerDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, periodMs } = deps;
  const now = clock.now();
  const since = await trackLegacyTokens(deps);
  if (since === undefined || now - periodMs < since) return;
  let after: string | undefined;
  do {
    signal.throwIfAborted();
    const where = { bucket: secretBucket, cluster: wildcard, limit: PAGE, ...(after !== undefined && { after }) };
    const page = store.page(where);
    for (const stored of page.objects) await clean(deps, stored, now);
    after = page.next;
    await turn();
  } while (after !== undefined);
}

async function clean(
  { store, writer, periodMs }: LegacyTokenCleanerDeps,
  stored: StoredObject,
  now: number,
): Promise<void> {
  const { cluster, namespace, name } = stored.key;
  const judge = (secret: KubeObject): Verdict => verdict(secret, { store, key: stored.key, now, periodMs });
  const address = { cluster, namespace, name, resource: { ...secretBucket, version: 'v1' } };
  const found = judge(stored.decode());
  if (found === 'mark') {
    await unlessOvertaken(writer.update(address, (old) => (judge(old) === 'mark' ? marked(old, now) : old)));
  } else if (found === 'remove') {
    // one that was used, or unmarked, meanwhile stays
    await unlessOvertaken(writer.remove(address, { resourceVersion: String(stored.revision) }));
  }
}

function marked(secret: KubeObject, now: number): KubeObject {
  const labels = { ...secret.metadata.labels, [LEGACY_INVALID_SINCE]: utcDate(now) };
  return { ...secret, metadata: { ...secret.metadata, labels } };
}

interface Circumstances {
  readonly store: ControllerReader;
  readonly key: ObjectKey;
  readonly now: number;
  readonly periodMs: number;
}

function verdict(secret: KubeObject, { store, key, now, periodMs }: Circumstances): Verdict {
  const { creationTimestamp, deletionTimestamp, labels, annotations } = secret.metadata;
  if (textAt(secret, 'type') !== SERVICE_ACCOUNT_TOKEN || deletionTimestamp !== undefined) return 'keep';
  const bound = now - periodMs;
  if (!(Date.parse(creationTimestamp ?? '') < bound)) return 'keep';
  const lastDay = utcDate(bound);
  const lastUsed = labels?.[LEGACY_LAST_USED];
  if (lastUsed !== undefined && (timeOfDate(lastUsed) === undefined || lastUsed >= lastDay)) return 'keep';
  const { cluster, namespace, name } = key;
  const accountName = annotations?.[SERVICE_ACCOUNT_NAME] ?? '';
  const account = store.get(serviceAccountBucket, { cluster, namespace, name: accountName })?.decode();
  const isListed = account && objectsAt(account, 'secrets').some((item) => textAt(item, 'name') === name);
  if (isListed !== true) return 'keep';
  const invalidSince = labels?.[LEGACY_INVALID_SINCE] ?? '';
  if (timeOfDate(invalidSince) === undefined) return 'mark';
  return invalidSince >= lastDay ? 'keep' : 'remove';
}

/** Starts it: a round a day for all logical clusters. */
export function startLegacyTokenCleaner(
  deps: Omit<LegacyTokenCleanerDeps, 'clock'> & Pick<BuiltinControllerDeps, 'clock' | 'logger' | 'meter'>,
): Controller {
  const round = (signal: AbortSignal): Promise<void> => cleanLegacyTokens(deps, signal);
  return startRounds({ ...deps, name: 'legacy-service-account-token-cleaner', everyMs: DAY_MS, round });
}
