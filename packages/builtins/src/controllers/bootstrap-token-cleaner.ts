import { unlessOvertaken } from '@kcp/apiserver';
import { objectAt, textAt } from '@kcp/api-machinery';
import type { KubeObject } from '@kcp/api-machinery';
import { BOOTSTRAP_TOKEN_NAMESPACE, BOOTSTRAP_TOKEN_TYPE, bootstrapTokenEnd } from '@kcp/auth';
import type { Clock, Controller, Reconcile, ReconcileKey } from '@kcp/controller';
import { again, done, startController } from '@kcp/controller';
import type { Bucket, FollowedChange } from '@kcp/object-store';
import { changeSource } from '@kcp/object-store';
import type { ReconcileDeps } from './deps.ts';
import type { BuiltinControllerDeps } from './start.ts';

const secretBucket: Bucket = { group: '', resource: 'secrets' };
/** Timers reach no further; who waits longer is asked again. */
const LONGEST_WAIT_MS = 24 * 3_600_000;
const CONCURRENCY = 4;
const NAME = 'bootstrap-token-cleaner';

/** What the cleaner needs. */
export interface TokenCleanerDeps extends ReconcileDeps {
  readonly clock: Pick<Clock, 'now'>;
}

function isBootstrapToken(object: KubeObject): boolean {
  return textAt(object, 'type') === BOOTSTRAP_TOKEN_TYPE;
}

/** Secrets of bootstrap tokens, in kube-system. */
export function bootstrapTokenKeys({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  const { key } = object;
  if (kind !== 'put' || key.namespace !== BOOTSTRAP_TOKEN_NAMESPACE) return [];
  return isBootstrapToken(object.decode()) ? [key] : [];
}

/** Removes Secrets of bootstrap tokens that have ended, and comes again for those that will (kube-controller-manager's tokencleaner). */
export function bootstrapTokenCleaner({ store, writer, clock }: TokenCleanerDeps): Reconcile {
  return async ({ cluster, namespace, name }) => {
    const stored = store.get(secretBucket, { cluster, namespace, name });
    const secret = stored?.decode();
    if (!secret || !isBootstrapToken(secret) || secret.metadata.deletionTimestamp !== undefined) return done;
    const data = objectAt(secret, 'data');
    const end = bootstrapTokenEnd({ data: (key) => Buffer.from(textAt(data, key), 'base64').toString('utf8') });
    if (end === undefined) return done;
    const leftMs = end - clock.now();
    if (leftMs > 0) return again(Math.min(leftMs, LONGEST_WAIT_MS));
    // One that was prolonged meanwhile stays.
    const asSeen = { resourceVersion: String(stored?.revision) };
    const address = { cluster, namespace, name, resource: { ...secretBucket, version: 'v1' } };
    await unlessOvertaken(writer.remove(address, asSeen));
    return done;
  };
}

/** Starts it: one for all logical clusters. What it waits for is kept with its checkpoint, so a restart loses nothing. */
export function startBootstrapTokenCleaner(
  deps: Pick<BuiltinControllerDeps, 'store' | 'writer' | 'clock' | 'logger' | 'meter'>,
): Controller {
  const { store, clock, logger, meter } = deps;
  return startController({
    name: NAME,
    source: changeSource({ store, buckets: [secretBucket], checkpointName: NAME }),
    keysOf: bootstrapTokenKeys,
    reconcile: bootstrapTokenCleaner(deps),
    concurrency: CONCURRENCY,
    clock,
    logger,
    meter,
  });
}
