import type { Backend } from '@kcp/storage';
import type { DependantPage, DependantsOptions } from './object-store.ts';
import { blockingPrefix, ownerPrefix, readOwnerRow } from './owner-index.ts';

/** One page of an owner's dependants, as of now. */
export function readDependants(backend: Backend, options: DependantsOptions): DependantPage {
  const { cluster, owner, blocking = false, after, limit } = options;
  const whole = ownerPrefix(cluster, owner);
  const { rows, more } = backend.range({
    prefix: blocking ? blockingPrefix(cluster, owner) : whole,
    limit,
    ...(after !== undefined && { after: whole + after }),
  });
  const dependants = rows.map(({ key }) => readOwnerRow(cluster, whole, key));
  return { dependants, next: more ? rows.at(-1)?.key.slice(whole.length) : undefined };
}
