import { unlessOvertaken } from '@kcp/apiserver';
import { textAt } from '@kcp/api-machinery';
import { X509Certificate } from 'node:crypto';
import type { KubeObject } from '@kcp/api-machinery';
import type { Clock, Reconcile, ReconcileKey } from '@kcp/controller';
import { again, done } from '@kcp/controller';
import { root, wildcard } from '@kcp/logical-cluster';
import type { FollowedChange, StoredObject } from '@kcp/object-store';
import type { ReconcileDeps } from '../controllers/deps.ts';
import { certificateOf, conditionsOf, conditionsOfType } from './conditions.ts';
import { signingRequestBucket } from './signer.ts';

const HOUR_MS = 3_600_000;
/** A decided request is kept so long after the decision. */
const DECIDED_MS = HOUR_MS;
/** A request that nobody decided, or that was approved and never signed, is kept so long. */
const PENDING_MS = 24 * HOUR_MS;
const PAGE = 500;

/** What the cleaner is made of. */
export interface CleanerDeps extends ReconcileDeps {
  readonly clock: Clock;
}

/** One key for all logical clusters: what is old is looked for in one go, and nothing is remembered of single requests. */
const EVERYWHERE: ReconcileKey = { cluster: root, namespace: '', name: 'every signing request' };

/** Any new request makes the cleaner look, once an hour. */
export function cleanerKeys({ kind }: FollowedChange): readonly ReconcileKey[] {
  return kind === 'put' ? [EVERYWHERE] : [];
}

/**
 * Deletes signing requests whose time is over, an hour late at the most (kube-controller-manager's csrcleaner): decided ones
 * after an hour, others after a day, and those whose certificate has expired.
 */
export function requestCleaner({ store, writer, clock }: CleanerDeps): Reconcile {
  let next = 0;
  return async (_key, { signal }) => {
    const wait = next - clock.now();
    if (wait > 0) return again(wait);
    next = clock.now() + HOUR_MS;
    let remaining = 0;
    let after: string | undefined;
    do {
      const page = store.page({
        bucket: signingRequestBucket,
        cluster: wildcard,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      const old = page.objects.filter((stored) => isOver(stored.decode(), clock.now()));
      for (const { key } of old) await unlessOvertaken(writer.remove(addressOf(key)));
      remaining += page.objects.length - old.length;
      after = page.next;
    } while (after !== undefined && !signal.aborted);
    return remaining > 0 || signal.aborted ? again(HOUR_MS) : done;
  };
}

function addressOf({ cluster, namespace, name }: StoredObject['key']) {
  return { cluster, namespace, name, resource: { ...signingRequestBucket, version: 'v1' } };
}

/** True for a request that need not be kept. */
export function isOver(request: KubeObject, now: number): boolean {
  const isOlder = (time: string | null | undefined, age: number): boolean => now - Date.parse(time ?? '') > age;
  const decided = (type: string, age: number): boolean =>
    conditionsOfType(request, type).some((condition) => isOlder(textAt(condition, 'lastUpdateTime'), age));
  const isIssued = certificateOf(request) !== '';
  return (
    (conditionsOf(request).length === 0 && isOlder(request.metadata.creationTimestamp, PENDING_MS)) ||
    decided('Denied', DECIDED_MS) ||
    decided('Failed', DECIDED_MS) ||
    decided('Approved', isIssued ? DECIDED_MS : PENDING_MS) ||
    (isIssued && hasExpired(certificateOf(request), now))
  );
}

function hasExpired(certificate: string, now: number): boolean {
  try {
    return now > new X509Certificate(Buffer.from(certificate, 'base64')).validToDate.getTime();
  } catch {
    return false;
  }
}
