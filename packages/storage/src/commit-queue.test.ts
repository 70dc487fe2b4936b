import { describe, expect, it } from '@jest/globals';
import type { Change, Row } from './backend.ts';
import { StorageFullError } from './backend.ts';
import type { Batch } from './batch.ts';
import { CommitQueue } from './commit-queue.ts';
import { put, revisionsOf } from './testing/opened.ts';

const A = '/g/r/c/a';
const B = '/g/r/c/b';

/** Tables whose writes end when the test says so. */
const heldTables = () => {
  const rows = new Map<string, Row>();
  const writes: { readonly batch: Batch; readonly end: (failure?: Error) => void }[] = [];
  const write = async (batch: Batch): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    writes.push({ batch, end: (failure) => (failure === undefined ? resolve() : reject(failure)) });
    await promise;
    for (const { key } of batch.changes) {
      const row = batch.after(key);
      if (row !== undefined) rows.set(key, row);
    }
  };
  const shown: number[] = [];
  const tables = { current: (key: string) => rows.get(key), write, shown: () => void shown.push(queue.head) };
  const queue: CommitQueue = new CommitQueue({ tables, head: 10 });
  return { queue, writes, shown };
};

const turn = async (): Promise<void> => {
  for (let count = 0; count < 10; count += 1) await Promise.resolve();
};

const exists = (key: string, revision: number) => ({ kind: 'revision', key, revision }) as const;

describe('a batch', () => {
  it('takes what is committed in one turn, and the next one what comes while it is written', async () => {
    const { queue, writes } = heldTables();
    const first = [queue.commit([], [put(A)]), queue.commit([], [put(B)])];
    await turn();
    const second = [queue.commit([], [put(A)]), queue.commit([], [put(A)])];
    await turn();
    expect(writes.map(({ batch }) => batch.changes.length)).toEqual([2]);
    writes[0]?.end();
    expect((await Promise.all(first)).map(revisionsOf)).toEqual([[11], [12]]);
    await turn();
    expect(writes.map(({ batch }) => batch.changes.length)).toEqual([2, 2]);
    expect(queue.head).toBe(12);
    writes[1]?.end();
    expect((await Promise.all(second)).map(revisionsOf)).toEqual([[13], [14]]);
  });

  it('that fails takes everything with it that was decided on top, refusals too, and no revision is used twice', async () => {
    const { queue, writes } = heldTables();
    const heard: Change[] = [];
    using _ = queue.subscribe((changes) => heard.push(...changes));
    const first = queue.commit([], [put(A)]);
    await turn();
    const decided = [
      first,
      queue.commit([exists(A, 11)], [put(A)]),
      queue.commit([], [put(B)]),
      queue.commit([exists(A, 0)], [put(B)]),
      queue.commit([exists(A, 12)], []),
    ];
    const full = new StorageFullError('full');
    writes[0]?.end(full);
    const results = await Promise.allSettled(decided);
    expect(results).toEqual(decided.map(() => ({ status: 'rejected', reason: full })));
    expect([queue.head, heard.length, writes.length]).toEqual([10, 0, 1]);
    const next = queue.commit([exists(A, 0)], [put(A)]);
    await turn();
    writes[1]?.end();
    expect(revisionsOf(await next)).toEqual([14]);
    expect(heard.map(({ revision, previous }) => [revision, previous])).toEqual([[14, undefined]]);
  });

  it('is shown in the step in which the head moves, before anybody hears of it; one that fails is not', async () => {
    const { queue, writes, shown } = heldTables();
    const heard: (readonly number[])[] = [];
    using _ = queue.subscribe(() => heard.push([...shown]));
    const first = queue.commit([], [put(A)]);
    await turn();
    writes[0]?.end();
    await first;
    expect([shown, heard]).toEqual([[11], [[11]]]);
    const second = queue.commit([], [put(A)]);
    await turn();
    writes[1]?.end(new StorageFullError('full'));
    await expect(second).rejects.toThrow('full');
    expect(shown).toEqual([11]);
  });

  it('takes a sequel to what is put in the same commit only', async () => {
    const { queue, writes } = heldTables();
    for (const [first, sequels] of [
      [put(A), [put(B)]],
      [{ kind: 'delete', key: A } as const, [put(A)]],
      [put(A), [put(A), put(A)]],
    ] as const)
      await expect(queue.commit([], [first], sequels)).rejects.toBeInstanceOf(TypeError);
    const commit = queue.commit([exists(A, 0)], [put(A, 'one')], [put(A, 'two')]);
    const next = queue.commit([exists(A, 12)], [put(A, 'three')]);
    await turn();
    writes[0]?.end();
    expect([revisionsOf(await commit), revisionsOf(await next)]).toEqual([[11, 12], [13]]);
  });

  it('is closed when it is large', async () => {
    const { queue, writes } = heldTables();
    const commits = Array.from({ length: 7 }, (_, at) => queue.commit([], [put(`${A}${at}`, 'x'.repeat(1_000_000))]));
    for (let at = 0; at < 2; at += 1) {
      await turn();
      writes[at]?.end();
    }
    await Promise.all(commits);
    expect(writes.map(({ batch }) => batch.changes.length)).toEqual([5, 2]);
  });
});
