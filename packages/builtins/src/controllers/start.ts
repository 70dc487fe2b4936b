import { hash } from 'node:crypto';
import type { InProcessWriter } from '@kcp/apiserver';
import type { ServiceAccountIssuer } from '@kcp/auth';
import { policyStatus, policyStatusKeys, validatingPolicyBucket } from '../admissionregistration/policy-type-check.ts';
import { cleanerKeys, requestCleaner } from '../certificates/cleaner.ts';
import { requestSigner, signerKeys, signingRequestBucket, type Signing } from '../certificates/signer.ts';
import type { Clock, Controller, Reconcile, ReconcileKey } from '@kcp/controller';
import { startController } from '@kcp/controller';
import type { Bucket, FollowedChange, ObjectWriter } from '@kcp/object-store';
import { changeSource } from '@kcp/object-store';
import type { Logger, Meter } from '@kcp/telemetry';
import { namespaceBucket } from '../core/namespace.ts';
import { accountTokenBuckets, accountTokenKeys, accountTokens } from './account-tokens.ts';
import type { ListResources } from './deps.ts';
import { namespaceDeletion } from './namespace-deletion.ts';
import { furnitureBuckets, furnitureKeys, namespaceFurniture } from './namespace-furniture.ts';
import { quotaKeys, quotaStatus } from './quota-status.ts';
import { aggregationKeys, clusterRoleBucket, roleAggregation } from './role-aggregation.ts';

/** What the controllers of the built-in kinds need. */
export interface BuiltinControllerDeps {
  /** Read by the controllers; written only for their checkpoints. */
  readonly store: ObjectWriter;
  /** The write path, in the name of somebody who may do everything. */
  readonly writer: InProcessWriter;
  /** What a logical cluster serves, custom kinds included. */
  readonly resources: ListResources;
  readonly issuer: ServiceAccountIssuer;
  /** How certificates are signed; absent: approved requests wait for another signer. */
  readonly signing?: Signing;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What the controllers that publish root certificates need. */
export interface TrustControllerDeps extends BuiltinControllerDeps {
  /** The certificates that clients in the cluster trust, PEM. */
  readonly rootCertificates: string;
}

interface Row {
  readonly name: string;
  readonly buckets: readonly Bucket[] | 'every';
  readonly keysOf: (change: FollowedChange) => readonly ReconcileKey[];
  readonly reconcile: Reconcile;
}

function endingNamespaces({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  return kind === 'put' && object.isTerminating ? [object.key] : [];
}

function certificateRows(deps: BuiltinControllerDeps): readonly Row[] {
  const { signing } = deps;
  const buckets = [signingRequestBucket];
  const cleaner = { name: 'csr-cleaner', buckets, keysOf: cleanerKeys, reconcile: requestCleaner(deps) };
  if (signing === undefined) return [cleaner];
  return [
    cleaner,
    { name: 'csr-signing', buckets, keysOf: signerKeys, reconcile: requestSigner({ ...deps, signing }) },
  ];
}

function rows(deps: BuiltinControllerDeps): readonly Row[] {
  return [
    ...certificateRows(deps),
    {
      name: 'validating-admission-policy-status',
      buckets: [validatingPolicyBucket],
      keysOf: policyStatusKeys,
      reconcile: policyStatus(deps),
    },
    {
      name: 'namespace-deletion',
      buckets: [namespaceBucket],
      keysOf: endingNamespaces,
      reconcile: namespaceDeletion(deps),
    },
    {
      name: 'cluster-role-aggregation',
      buckets: [clusterRoleBucket],
      keysOf: aggregationKeys,
      reconcile: roleAggregation(deps),
    },
  ];
}

function trustRows(deps: TrustControllerDeps): readonly Row[] {
  return [
    {
      name: 'namespace-furniture',
      buckets: furnitureBuckets,
      keysOf: furnitureKeys,
      reconcile: namespaceFurniture(deps),
    },
    {
      name: 'service-account-tokens',
      buckets: accountTokenBuckets,
      keysOf: (change) => accountTokenKeys(deps.store, change),
      reconcile: accountTokens(deps),
    },
    {
      name: 'resource-quota',
      buckets: 'every',
      keysOf: (change) => quotaKeys(deps.store, change),
      reconcile: quotaStatus(deps),
    },
  ];
}

/** So many keys of one controller are worked on at a time. */
const CONCURRENCY = 8;

/** Starts the controllers of the built-in kinds; each is stopped by disposing of it. */
export function startBuiltinControllers(deps: BuiltinControllerDeps): readonly Controller[] {
  return rows(deps).map((row) => startRow(deps, row));
}

/**
 * Starts the controllers that publish the root certificates. With other certificates than the last ones that were published
 * here they go through everything anew: stop them and start them again for that.
 */
export function startTrustControllers(deps: TrustControllerDeps): readonly Controller[] {
  const version = hash('sha256', deps.rootCertificates, 'buffer').readUIntBE(0, 6);
  return trustRows(deps).map((row) => startRow(deps, { ...row, version }));
}

function startRow(deps: BuiltinControllerDeps, row: Row & { readonly version?: number }): Controller {
  const { store, clock, logger, meter } = deps;
  const { buckets, ...rest } = row;
  const source = changeSource({ store, buckets, checkpointName: row.name });
  return startController({ ...rest, source, concurrency: CONCURRENCY, clock, logger, meter });
}
