import { describe, expect, it } from '@jest/globals';
import { startCuttingProxy } from '../testing/etcd/cutting-proxy.ts';
import { plain, put, text, write } from '../testing/opened.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';
import { hears } from './testing/hears.ts';

const A = '/g/r/c/a';
const B = '/g/r/c/b';

/** Short enough to wait for, long enough for a busy machine to answer in. */
const timeouts = { commitMs: 3_000, requestMs: 1_500, readMs: 1_500, leaseMs: 3_000 };

await describeWithEtcd('an etcd that is away', ({ etcd, open, prefix, folder }) => {
  it('is read as it was, and nothing else, until it is back', async () => {
    await using backend = await open({ timeouts });
    const one = await write(backend, put(A, 'one'));
    await etcd().kill();
    await expect(backend.commit([], [put(A, 'two')])).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await expect(backend.synced()).rejects.toThrow(/etcd cannot be read/);
    expect(backend.problem()).toMatch(/connect|ECONNREFUSED|UNAVAILABLE/i);
    expect(plain(backend.get(A))).toEqual([A, one, 'one']);
    expect(backend.range({ prefix: '/g/' }).rows).toHaveLength(1);
    await etcd().start();
    const again = hears(backend, B);
    const result = await backend.commit([], [put(B)]).catch(() => backend.commit([], [put(B)]));
    expect(result.kind).toBe('committed');
    await again;
    await backend.synced();
    expect(backend.problem()).toBeUndefined();
  });

  it('while commits are under way settles every one of them as it happened', async () => {
    const shared = prefix();
    await using backend = await open({ prefix: shared });
    const outcomes = new Map<string, 'done' | 'none' | 'unknown'>();
    const first = hears(backend, `${A}-20`);
    const commits = Array.from({ length: 200 }, async (_, at) => {
      const key = `${A}-${at}`;
      const settle = backend.commit([{ kind: 'revision', key, revision: 0 }], [put(key)]);
      outcomes.set(
        key,
        await settle.then(
          ({ kind }) => (kind === 'committed' ? 'done' : 'none'),
          (error: { readonly outcome: 'none' | 'unknown' }) => error.outcome,
        ),
      );
    });
    await first;
    await etcd().kill();
    await etcd().start();
    await Promise.all(commits);
    await using other = await open({ prefix: shared });
    await other.synced();
    for (const [key, outcome] of outcomes) {
      const isThere = other.get(key) !== undefined;
      if (outcome !== 'unknown') expect([key, isThere]).toEqual([key, outcome === 'done']);
    }
    expect([...outcomes.values()].filter((outcome) => outcome === 'done').length).toBeGreaterThan(20);
  });

  it('in that it answers nothing is given up in time, and comes back', async () => {
    await using backend = await open({ timeouts });
    await write(backend, put(A, 'one'));
    etcd().freeze();
    try {
      // what was under way when it froze may still be answered
      const silent = async (): Promise<unknown> => {
        for (;;) {
          try {
            await backend.synced();
          } catch (error) {
            return error;
          }
        }
      };
      expect(await silent()).toMatchObject({ outcome: 'none' });
      await expect(backend.commit([], [put(A, 'two')])).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    } finally {
      etcd().thaw();
    }
    const result = await backend.commit([], [put(B)]).catch(() => backend.commit([], [put(B)]));
    expect(result.kind).toBe('committed');
  });

  it('takes no more than a bounded number of commits that wait', async () => {
    await using proxy = await startCuttingProxy(etcd().port);
    const servers = [`http://127.0.0.1:${proxy.port}`];
    await using backend = await open({ servers, timeouts, tuning: { waiting: 10, inFlight: 2 } });
    proxy.close();
    const commits = Array.from({ length: 12 }, (_, at) => backend.commit([], [put(`${A}${at}`)]));
    const settled = await Promise.allSettled(commits);
    const messages = settled.map((result) => (result.status === 'rejected' ? String(result.reason) : 'done'));
    expect(messages.filter((message) => message.includes('too many commits'))).toHaveLength(2);
    expect(messages).not.toContain('done');
  });

  describe('and has lost everything', () => {
    it('is refused by a server that runs, and loaded anew at the next start', async () => {
      const [shared, own] = [prefix(), folder()];
      const running = await open({ prefix: shared, folder: own, timeouts });
      await write(running, put(A, 'old'));
      await etcd().kill();
      await etcd().start({ empty: true });
      const refusal = async (): Promise<unknown> => {
        for (;;) {
          const error: unknown = await running.commit([], [put(B)]).then(
            () => new Error('committed'),
            (reason: unknown) => reason,
          );
          if (!(error instanceof Error) || error.name !== 'StoreUnavailableError') return error;
        }
      };
      expect(await refusal()).toMatchObject({
        name: 'StoreUnusableError',
        message: expect.stringContaining('restart'),
      });
      await expect(running.synced()).rejects.toMatchObject({ name: 'StoreUnusableError' });
      expect(running.problem()).toContain('another cluster');
      expect(text(running.get(A)?.value)).toBe('old');
      await running[Symbol.asyncDispose]();
      await using next = await open({ prefix: shared, folder: own });
      expect(next.get(A)).toBeUndefined();
      await write(next, put(B));
      expect(next.range({ prefix: '' }).rows.map(({ key }) => key)).toEqual([B]);
    });
  });
});
