import { describe, expect, it } from '@jest/globals';
import { encodeHead } from './head.ts';
import { encodeValue, layoutOf } from './layout.ts';
import type { WatchEvent } from './rpc/messages.ts';
import { transactionsOf } from './watch-events.ts';

const layout = layoutOf('/kcp');
const id = { session: '0123456789abcdef', sequence: 5 };

const event = (
  type: 'PUT' | 'DELETE',
  modRevision: number,
  key: Buffer,
  value: Buffer = Buffer.alloc(0),
): WatchEvent => ({
  type,
  kv: { key, value, modRevision: String(modRevision), createRevision: '1' },
});
const put = (at: number, key: string, position: number): WatchEvent =>
  event('PUT', at, layout.row(key), encodeValue(position, Buffer.from(key)));

describe('the events of a watch', () => {
  it('make commits whose writes have their places, whatever the order of the events', () => {
    const deleted = [
      { position: 0, key: '/g/r/c/gone' },
      { position: 2, key: '/g/r/c/never' },
    ];
    const head = event('PUT', 9, layout.head, encodeHead({ id, count: 4, deleted }));
    const [transaction, ...none] = transactionsOf(layout, [
      head,
      put(9, '/g/r/c/b', 3),
      event('DELETE', 9, layout.row('/g/r/c/gone')),
      put(9, '/g/r/c/a', 1),
    ]);
    expect(none).toEqual([]);
    expect(transaction?.commit).toMatchObject({ id, head: 9 * 256 + 3 });
    expect(
      transaction?.commit?.writes.map(({ key, revision, value }) => [key, revision - 9 * 256, value === undefined]),
    ).toEqual([
      ['/g/r/c/gone', 0, true],
      ['/g/r/c/a', 1, false],
      ['/g/r/c/never', 2, true],
      ['/g/r/c/b', 3, false],
    ]);
  });

  it('of several revisions are told apart', () => {
    const head = (at: number) => event('PUT', at, layout.head, encodeHead({ id, count: 1, deleted: [] }));
    const transactions = transactionsOf(layout, [put(3, '/g/r/c/a', 0), head(3), put(4, '/g/r/c/a', 0), head(4)]);
    expect(transactions.map(({ modRevision, commit }) => [modRevision, commit?.writes.length])).toEqual([
      [3, 1],
      [4, 1],
    ]);
  });

  it('that are no commit are told as what they are', () => {
    const transactions = transactionsOf(layout, [
      event('PUT', 5, layout.session('a')),
      event('DELETE', 6, layout.leader('work')),
      put(7, '/g/r/c/intruder', 0),
      event('DELETE', 8, layout.row('/g/r/c/a')),
    ]);
    expect(transactions).toMatchObject([
      { modRevision: 5, commit: undefined, vacated: [], foreign: [] },
      { vacated: ['work'], commit: undefined },
      { foreign: ['/g/r/c/intruder'], commit: undefined },
      { foreign: [], commit: { id: undefined, writes: [{ key: '/g/r/c/a', revision: 8 * 256 }] } },
    ]);
  });
});
