import type { KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader, StoredObject } from '@kcp/object-store';
import { LRUCache } from 'lru-cache';
import { decodeBinding, type PolicySpec, type StoredBinding, type StoredPolicy } from './stored-policy.ts';

const GROUP = 'admissionregistration.k8s.io';
/** Read at once. */
const PAGE = 500;
/** Decoded policies come to about so many bytes for each byte of JSON. */
const BYTES_PER_CHARACTER = 4;

/** A policy and the bindings that put it in force. */
export interface BoundPolicy<S extends PolicySpec> {
  readonly policy: StoredPolicy<S>;
  readonly bindings: readonly StoredBinding[];
}

/** Where the policies of a kind and their bindings are, and how they are read. */
export interface PolicyKind<S extends PolicySpec> {
  readonly policies: string;
  readonly bindings: string;
  readonly decode: (object: KubeObject) => StoredPolicy<S>;
}

/** The policies that are in force in a logical cluster, sorted by name. */
export type PolicySource<S extends PolicySpec> = (cluster: LogicalCluster) => readonly BoundPolicy<S>[];

interface Kept<S extends PolicySpec> {
  readonly policies: unknown;
  readonly bindings: unknown;
  readonly bound: readonly BoundPolicy<S>[];
}

/**
 * Reads policies from the store. What was read is kept by (logical cluster, generation of policies and bindings), at most
 * `maxBytes` by estimate, no logical cluster more than a quarter. Of a cluster that never had a policy only one generation is
 * looked up.
 */
export function policySource<S extends PolicySpec>(
  store: ObjectReader,
  kind: PolicyKind<S>,
  maxBytes: number,
): PolicySource<S> {
  const kept = new LRUCache<LogicalCluster, Kept<S>>({ maxSize: maxBytes, maxEntrySize: Math.floor(maxBytes / 4) });
  const buckets = { policies: bucket(kind.policies), bindings: bucket(kind.bindings) };
  return (cluster) => {
    const bindings = store.generation({ bucket: buckets.bindings, cluster });
    if (bindings === 0) return [];
    const policies = store.generation({ bucket: buckets.policies, cluster });
    const known = kept.get(cluster);
    if (known?.policies === policies && known.bindings === bindings) return known.bound;
    const read = {
      policies: readAll(store, buckets.policies, cluster),
      bindings: readAll(store, buckets.bindings, cluster),
    };
    const bound = join(
      read.policies.map((row) => kind.decode(row.decode())),
      read.bindings,
    );
    const bytes = [...read.policies, ...read.bindings].reduce((sum, { jsonSize }) => sum + jsonSize, 0);
    kept.set(cluster, { policies, bindings, bound }, { size: 1 + bytes * BYTES_PER_CHARACTER });
    return bound;
  };
}

function bucket(resource: string): Bucket {
  return { group: GROUP, resource };
}

function join<S extends PolicySpec>(
  policies: readonly StoredPolicy<S>[],
  rows: readonly StoredObject[],
): readonly BoundPolicy<S>[] {
  const byPolicy = Map.groupBy(
    rows.map((row) => decodeBinding(row.decode())),
    ({ policyName }) => policyName,
  );
  const bound: BoundPolicy<S>[] = [];
  for (const policy of policies) {
    const bindings = byPolicy.get(policy.name);
    if (bindings) bound.push({ policy, bindings });
  }
  return bound;
}

function readAll(store: ObjectReader, from: Bucket, cluster: LogicalCluster): readonly StoredObject[] {
  const rows: StoredObject[] = [];
  let after: string | undefined;
  do {
    const page = store.page({ bucket: from, cluster, limit: PAGE, ...(after !== undefined && { after }) });
    rows.push(...page.objects);
    after = page.next;
  } while (after !== undefined);
  return rows;
}
