import { ApiError, formatMicroTime, instantOf, parseTime, type KubeObject } from '@kcp/api-machinery';
import { defineKind, type Client } from '@kcp/client';
import type { Lease, LeaseClient, LeaseRecord } from '../election/lease.ts';

/** Which Lease object. */
export interface LeaseAddress {
  readonly namespace: string;
  readonly name: string;
}

/** A Lease as it is on the wire; what candidates of other makers write may lack anything. */
interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

const leases = defineKind<LeaseObject>({
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
  kind: 'Lease',
});

/** A Lease of a server as candidates contend for it. Works side by side with client-go's: both read and write the same fields. */
export function leaseClientOf(client: Client, { namespace, name }: LeaseAddress): LeaseClient {
  const resource = client.of(leases).namespace(namespace);
  const known = new WeakMap<Lease, LeaseObject>();
  const remember = (object: LeaseObject): Lease => {
    const lease = { record: recordOf(object), resourceVersion: object.metadata.resourceVersion ?? '' };
    known.set(lease, object);
    return lease;
  };
  return {
    read: async (signal) => {
      try {
        return remember(await resource.get(name, { signal }));
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
        throw error;
      }
    },
    create: async (record, signal) => {
      const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } };
      return remember(await resource.create({ ...object, spec: specOf(record) }, { signal }));
    },
    replace: async (lease, record, signal) => {
      const object = known.get(lease);
      if (object === undefined) throw new RangeError('the lease was not read by this client');
      return remember(await resource.update({ ...object, spec: { ...object.spec, ...specOf(record) } }, { signal }));
    },
  };
}

function recordOf({ spec }: LeaseObject): LeaseRecord {
  return {
    holder: spec?.holderIdentity ?? '',
    durationSeconds: spec?.leaseDurationSeconds ?? 0,
    acquiredAt: millisecondsOf(spec?.acquireTime),
    renewedAt: millisecondsOf(spec?.renewTime),
    transitions: spec?.leaseTransitions ?? 0,
  };
}

function specOf(record: LeaseRecord): NonNullable<LeaseObject['spec']> {
  return {
    holderIdentity: record.holder,
    leaseDurationSeconds: record.durationSeconds,
    acquireTime: timeOf(record.acquiredAt),
    renewTime: timeOf(record.renewedAt),
    leaseTransitions: record.transitions,
  };
}

function timeOf(milliseconds: number): string {
  return formatMicroTime(instantOf(milliseconds)) ?? '1970-01-01T00:00:00.000000Z';
}

function millisecondsOf(time: string | undefined): number {
  if (time === undefined) return 0;
  const { seconds, nanos } = parseTime(time);
  return seconds * 1_000 + nanos / 1e6;
}
