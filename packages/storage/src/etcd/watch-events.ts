import type { Revision } from '../backend.ts';
import type { Replayed, ReplayedWrite } from '../commit-queue.ts';
import type { CommitId } from './head.ts';
import { decodeHead } from './head.ts';
import type { Layout } from './layout.ts';
import { decodeRow, placeOf, revisionOf } from './layout.ts';
import type { WatchEvent } from './rpc/messages.ts';

/** What happened at one revision of etcd. */
export interface Transaction {
  readonly modRevision: number;
  /** A commit, whole; undefined where the transaction was none. */
  readonly commit: (Replayed & { readonly id: CommitId | undefined }) | undefined;
  /** Roles whose leader is gone. */
  readonly vacated: readonly string[];
  /** Keys that somebody else put where rows lie: they are left out. */
  readonly foreign: readonly string[];
}

/**
 * The transactions that events of a watch on the whole prefix tell of, in order. etcd delivers the events of one revision together, never in two answers
 * (etcd API guarantees, watch: atomic).
 */
export const transactionsOf = (layout: Layout, events: readonly WatchEvent[]): Transaction[] => {
  const transactions: Transaction[] = [];
  for (let start = 0; start < events.length;) {
    const modRevision = events[start]?.kv.modRevision;
    let end = start + 1;
    while (events[end]?.kv.modRevision === modRevision && end < events.length) end += 1;
    transactions.push(transactionOf(layout, Number(modRevision), events.slice(start, end)));
    start = end;
  }
  return transactions;
};

const transactionOf = (layout: Layout, modRevision: number, events: readonly WatchEvent[]): Transaction => {
  const placed = events.map((event) => ({ event, place: placeOf(layout, event.kv.key) }));
  const head = placed.find(({ event, place }) => place.kind === 'head' && event.type === 'PUT')?.event;
  const puts: ReplayedWrite[] = [];
  const deleted: string[] = [];
  const vacated: string[] = [];
  for (const { event, place } of placed) {
    if (place.kind === 'leader' && event.type === 'DELETE') vacated.push(place.role);
    if (place.kind !== 'row') continue;
    if (event.type === 'PUT') puts.push(decodeRow(place.key, event.kv));
    else deleted.push(place.key);
  }
  const rest = { modRevision, vacated };
  if (head === undefined) {
    const commit = byHand(modRevision, deleted);
    return { ...rest, commit, foreign: puts.map(({ key }) => key) };
  }
  const { id, count, deleted: positions } = decodeHead(head.kv.value);
  const writes = [
    ...puts,
    ...positions.map(({ key, position }) => ({ key, revision: revisionOf(modRevision, position), value: undefined })),
  ].sort((left, right) => left.revision - right.revision);
  return { ...rest, commit: { id, writes, head: revisionOf(modRevision, count - 1) }, foreign: [] };
};

/** Rows that somebody deleted with a tool of etcd are gone: every server sees the same events, so all give them the same revisions. */
const byHand = (modRevision: number, keys: readonly string[]): Transaction['commit'] => {
  const position = (at: number): Revision => revisionOf(modRevision, Math.min(at, 255));
  if (keys.length === 0 || keys.length > 255) return undefined;
  const writes = keys.map((key, at) => ({ key, revision: position(at), value: undefined }));
  return { id: undefined, writes, head: position(keys.length - 1) };
};
