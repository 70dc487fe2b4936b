import type { InProcessWriter } from '@kcp/apiserver';
import type { ServiceAccountIssuer } from '@kcp/auth';
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
  /** The certificates that clients in the cluster trust, PEM. */
  readonly rootCertificates: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

interface Row {
  readonly name: string;
  readonly buckets: readonly Bucket[];
  readonly keysOf: (change: FollowedChange) => readonly ReconcileKey[];
  readonly reconcile: Reconcile;
}

function endingNamespaces({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  return kind === 'put' && object.isTerminating ? [object.key] : [];
}

function rows(deps: BuiltinControllerDeps): readonly Row[] {
  return [
    {
      name: 'namespace-deletion',
      buckets: [namespaceBucket],
      keysOf: endingNamespaces,
      reconcile: namespaceDeletion(deps),
    },
    {
      name: 'namespace-furniture',
      buckets: furnitureBuckets,
      keysOf: furnitureKeys,
      reconcile: namespaceFurniture(deps),
    },
    {
      name: 'cluster-role-aggregation',
      buckets: [clusterRoleBucket],
      keysOf: aggregationKeys,
      reconcile: roleAggregation(deps),
    },
    {
      name: 'service-account-tokens',
      buckets: accountTokenBuckets,
      keysOf: accountTokenKeys,
      reconcile: accountTokens(deps),
    },
  ];
}

/** So many keys of one controller are worked on at a time. */
const CONCURRENCY = 8;

/** Starts the controllers of the built-in kinds; each is stopped by disposing of it. */
export function startBuiltinControllers(deps: BuiltinControllerDeps): readonly Controller[] {
  const { store, clock, logger, meter } = deps;
  return rows(deps).map(({ name, buckets, keysOf, reconcile }) => {
    const source = changeSource({ store, buckets, checkpointName: name });
    return startController({ name, source, keysOf, reconcile, concurrency: CONCURRENCY, clock, logger, meter });
  });
}
