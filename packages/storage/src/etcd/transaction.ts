import type { Condition, Row, Write } from '../backend.ts';
import type { CommitId } from './head.ts';
import { encodeHead } from './head.ts';
import type { Layout } from './layout.ts';
import { decodeRow, encodeValue, modRevisionOf } from './layout.ts';
import type { Compare, KeyValue, RequestOp, TxnRequest, TxnResponse } from './rpc/messages.ts';
import type { SessionState } from './session.ts';

/** A commit as it is asked for. */
export interface Asked {
  readonly conditions: readonly Condition[];
  readonly writes: readonly Write[];
}

/** What etcd answered. */
export type Answer =
  | { readonly kind: 'committed'; readonly modRevision: number }
  | {
      readonly kind: 'refused';
      readonly condition: Condition;
      readonly current: Row | undefined;
      /** Where the head stood. */
      readonly head: number;
    }
  /** Nothing is wrong with the commit, but the session that it was sent under is over. */
  | { readonly kind: 'fenced' };

/** The transaction for a commit: it happens where the conditions hold and the session's fence is untouched, else it reads what there is. */
export const transactionOf = (
  layout: Layout,
  { conditions, writes }: Asked,
  { session, id }: { readonly session: SessionState; readonly id: CommitId },
): TxnRequest => {
  const fence = layout.session(session.id);
  const keys = keysOf(conditions);
  return {
    compare: [
      { key: fence, target: 'MOD', result: 'EQUAL', modRevision: session.fence },
      ...conditions.map((condition) => compareOf(layout, condition)),
    ],
    success:
      writes.length === 0
        ? []
        : [...writes.map((write, at) => operationOf(layout, write, at)), headOf(layout, writes, id)],
    failure: [fence, layout.head, ...keys.map((key) => layout.row(key))].map((key) => ({ range: { key } })),
  };
};

const keysOf = (conditions: readonly Condition[]): readonly string[] => [...new Set(conditions.map(({ key }) => key))];

const compareOf = (layout: Layout, condition: Condition): Compare => {
  const key = layout.row(condition.key);
  if (condition.kind === 'exists') return { key, target: 'CREATE', result: 'GREATER', createRevision: 0 };
  if (condition.revision === 0) return { key, target: 'CREATE', result: 'EQUAL', createRevision: 0 };
  // etcd's 0 stands for what is absent; no commit has it, so a revision that belongs to it never holds.
  return { key, target: 'MOD', result: 'EQUAL', modRevision: modRevisionOf(condition.revision) || -1 };
};

const operationOf = (layout: Layout, write: Write, at: number): RequestOp => {
  const key = layout.row(write.key);
  return write.kind === 'delete' ? { delete: { key } } : { put: { key, value: encodeValue(at, write.value) } };
};

const headOf = (layout: Layout, writes: readonly Write[], id: CommitId): RequestOp => {
  const deleted = writes.flatMap(({ kind, key }, position) => (kind === 'delete' ? [{ position, key }] : []));
  return { put: { key: layout.head, value: encodeHead({ id, count: writes.length, deleted }) } };
};

/** Reads the answer to such a transaction. */
export const answerOf = ({ conditions }: Asked, session: SessionState, response: TxnResponse): Answer => {
  const { header, succeeded, responses } = response;
  if (succeeded) return { kind: 'committed', modRevision: Number(header.revision) };
  const [fence, head, ...rows] = responses.map(({ range }): KeyValue | undefined => range?.kvs[0]);
  if (Number(fence?.modRevision ?? 0) !== session.fence) return { kind: 'fenced' };
  const keys = keysOf(conditions);
  for (const condition of conditions) {
    const kv = rows[keys.indexOf(condition.key)];
    const current = kv === undefined ? undefined : decodeRow(condition.key, kv);
    if (!holds(condition, current))
      return { kind: 'refused', condition, current, head: Number(head?.modRevision ?? 0) };
  }
  return { kind: 'fenced' };
};

/** Whether a condition holds of what a key holds. */
export const holds = (condition: Condition, current: Row | undefined): boolean =>
  condition.kind === 'exists' ? current !== undefined : (current?.revision ?? 0) === condition.revision;
