import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import type { Grantees } from './grantees.ts';
import { subjectIndex } from './subject-index.ts';

/** So many bindings are read at a time for each name that somebody has. */
const PAGE = 100;

/** From where to look, at which state of the store, and for how many; absent: from the beginning, the newest. */
export interface Search {
  readonly after?: string | undefined;
  readonly at?: number | undefined;
}

/** A part of the logical clusters that somebody may have rights in, in the order of their keys. */
export interface Candidates {
  readonly clusters: readonly LogicalCluster[];
  /** From where to go on; undefined at the end. */
  readonly next: string | undefined;
  readonly revision: number;
}

/**
 * Finds logical clusters with bindings that name somebody, and those that let them in without one, in the order of their keys. What is read is what
 * there is of theirs, however many logical clusters there are. Undefined as long as the index is not whole.
 */
export function candidates(
  store: Pick<ObjectReader, 'lookup' | 'head'>,
  who: Grantees,
  { after, at }: Search,
): Candidates | undefined {
  const revision = at ?? store.head();
  const found = new Set<LogicalCluster>();
  let end: string | undefined;
  for (const value of who.values) {
    const page = store.lookup({
      index: subjectIndex,
      value,
      limit: PAGE,
      at: revision,
      ...(after !== undefined && { after }),
    });
    if (page === undefined) return undefined;
    for (const { cluster } of page.keys) found.add(cluster);
    // what is behind the first list that goes on is not known yet
    const last = page.next === undefined ? undefined : page.keys.at(-1)?.cluster;
    if (last !== undefined && (end === undefined || behind(last) < end)) end = behind(last);
  }
  for (const home of who.homes) if (after === undefined || keyOf(home) > after) found.add(home);
  const clusters = [...found].filter((cluster) => end === undefined || keyOf(cluster) < end).sort(byKey);
  return { clusters, next: end, revision };
}

/** True where a binding of one logical cluster may be for somebody, as of a revision; and as long as the index is not whole. */
export function isCandidate(
  store: Pick<ObjectReader, 'lookup'>,
  who: Grantees,
  { cluster, at }: { readonly cluster: LogicalCluster; readonly at: number },
): boolean {
  if (who.homes.includes(cluster)) return true;
  for (const value of who.values) {
    const page = store.lookup({ index: subjectIndex, value, after: keyOf(cluster), limit: 1, at });
    if (page === undefined || page.keys[0]?.cluster === cluster) return true;
  }
  return false;
}

/** Comes after all keys of a logical cluster and before those of any other: `0` follows the slash. */
export function behind(cluster: LogicalCluster): string {
  return `${cluster}0`;
}

function keyOf(cluster: LogicalCluster): string {
  return `${cluster}/`;
}

function byKey(a: LogicalCluster, b: LogicalCluster): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
