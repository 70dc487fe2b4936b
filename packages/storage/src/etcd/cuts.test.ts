import { describe, expect, it } from '@jest/globals';
import type { Change } from '../backend.ts';
import type { CuttingProxy } from '../testing/etcd/cutting-proxy.ts';
import { startCuttingProxy } from '../testing/etcd/cutting-proxy.ts';
import { plain, put, revisionsOf, text, write } from '../testing/opened.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';
import { hears } from './testing/hears.ts';

const A = '/g/r/c/a';

const told = ({ key, revision, value }: Change) => [key, revision, text(value)];

await describeWithEtcd('a connection that is cut', ({ etcd, open, prefix, folder }) => {
  /** One server by the proxy, one by itself, on the same prefix. */
  const openBoth = async (proxy: CuttingProxy) => {
    const shared = prefix();
    const direct = await open({ prefix: shared });
    const cut = await open({ prefix: shared, servers: [`http://127.0.0.1:${proxy.port}`] });
    return { direct, cut };
  };

  describe('while it follows', () => {
    it.each(['between commits', 'within the backlog', 'in each answer'])(
      '%s loses no event and doubles none',
      async (when) => {
        await using proxy = await startCuttingProxy(etcd().port);
        const { direct, cut } = await openBoth(proxy);
        await using _ = direct;
        await using __ = cut;
        const heard: unknown[] = [];
        using subscription = cut.subscribe((changes) => heard.push(...changes.map(told)));
        for (let round = 0; round < 8; round += 1) {
          if (when === 'within the backlog') proxy.close();
          if (when === 'in each answer') proxy.cutAfter(4_000 + 700 * round);
          for (let count = 0; count < 25; count += 1)
            await write(direct, put(`${A}${count}`, `${round}`), put(`/g/s/c/${count}`));
          proxy.cut();
          if (when === 'within the backlog') {
            proxy.cutAfter(1_000 * (round + 1));
            proxy.open();
          }
        }
        proxy.cutAfter(Infinity);
        proxy.cut();
        await write(direct, put('/g/r/c/last'));
        if (cut.get('/g/r/c/last') === undefined) await hears(cut, '/g/r/c/last');
        const upTo = direct.head();
        const expected = direct.changes({ prefix: '', after: 0, upTo, limit: Infinity }).changes;
        expect(heard).toEqual(expected.map(told));
        expect(expected).toHaveLength(8 * 25 * 2 + 1);
        expect(cut.changes({ prefix: '', after: 0, upTo, limit: Infinity }).changes.map(told)).toEqual(heard);
        void subscription;
      },
    );
  });

  it('before it was ever there is waited for', async () => {
    await using proxy = await startCuttingProxy(etcd().port);
    proxy.close();
    const opening = open({ servers: [`http://127.0.0.1:${proxy.port}`] });
    const refused = open({ servers: [`http://127.0.0.1:${proxy.port}`], timeouts: { startMs: 300 } });
    await expect(refused).rejects.toMatchObject({ name: 'StoreUnavailableError', outcome: 'none' });
    await expect(refused).rejects.toThrow(/127\.0\.0\.1:\d+/);
    proxy.open();
    await using backend = await opening;
    expect(await write(backend, put(A))).toBeGreaterThan(0);
  });

  it('goes to the next server of the list', async () => {
    await using first = await startCuttingProxy(etcd().port);
    await using second = await startCuttingProxy(etcd().port);
    const servers = [first, second].map(({ port }) => `http://127.0.0.1:${port}`);
    await using backend = await open({ servers });
    await write(backend, put(A, 'one'));
    expect([first.opened > 0, second.opened]).toEqual([true, 0]);
    first.close();
    await write(backend, put(A, 'two'));
    expect(second.opened).toBeGreaterThan(0);
    await backend.synced();
    expect(text(backend.get(A)?.value)).toBe('two');
  });

  describe('during a commit', () => {
    it('whose answer is lost ends with what happened', async () => {
      await using proxy = await startCuttingProxy(etcd().port);
      const { direct, cut } = await openBoth(proxy);
      await using _ = direct;
      await using __ = cut;
      await write(cut, put(A, 'before'));
      for (let round = 0; round < 5; round += 1) {
        const key = `/g/r/c/lost-${round}`;
        proxy.swallowAnswers();
        const commit = cut.commit([{ kind: 'revision', key, revision: 0 }], [put(key, 'once')]);
        // It has arrived: the other server sees it, and its answer never comes.
        if (direct.get(key) === undefined) await hears(direct, key);
        proxy.cut();
        const [revision = 0] = revisionsOf(await commit);
        expect(plain(cut.get(key))).toEqual([key, revision, 'once']);
        expect(plain(direct.get(key))).toEqual([key, revision, 'once']);
      }
    });

    it('that never arrived is made again, once', async () => {
      await using proxy = await startCuttingProxy(etcd().port);
      const { direct, cut } = await openBoth(proxy);
      await using _ = direct;
      await using __ = cut;
      await write(cut, put(A, '0'));
      proxy.close();
      const commits = Array.from({ length: 40 }, (_unused, at) => write(cut, put(`${A}-${at}`, 'once')));
      proxy.open();
      const revisions = await Promise.all(commits);
      await direct.synced();
      const changes = direct.changes({ prefix: A, after: 0, upTo: direct.head(), limit: Infinity }).changes;
      expect(changes).toHaveLength(41);
      expect(new Set(changes.map(({ revision }) => revision))).toEqual(new Set([...revisions, changes[0]?.revision]));
    });

    it('again and again neither loses nor doubles what was acknowledged', async () => {
      await using proxy = await startCuttingProxy(etcd().port);
      const { direct, cut } = await openBoth(proxy);
      await using _ = direct;
      await using __ = cut;
      await write(cut, put(A, '0'));
      let counted = 0;
      // Every increment depends on the one before: a commit that happens twice, or not, breaks the chain.
      for (let count = 1; count <= 60; count += 1) {
        const row = cut.get(A);
        if (count % 6 === 0) proxy.swallowAnswers();
        const commit = cut.commit(
          [{ kind: 'revision', key: A, revision: row?.revision ?? 0 }],
          [put(A, String(count))],
        );
        if (count % 6 === 0 && text(direct.get(A)?.value) !== String(count)) await hears(direct, A);
        if (count % 3 === 0) proxy.cut();
        expect((await commit).kind).toBe('committed');
        counted += 1;
      }
      await direct.synced();
      const changes = direct.changes({ prefix: A, after: 0, upTo: direct.head(), limit: Infinity }).changes;
      expect(changes.map(({ value }) => text(value))).toEqual(
        Array.from({ length: counted + 1 }, (_unused, at) => String(at)),
      );
    });

    it('that stays away ends in an error that says what is not known', async () => {
      await using proxy = await startCuttingProxy(etcd().port);
      const timeouts = { commitMs: 3_000, requestMs: 1_500, readMs: 1_500 };
      const shared = prefix();
      await using direct = await open({ prefix: shared });
      await using cut = await open({
        prefix: shared,
        servers: [`http://127.0.0.1:${proxy.port}`],
        timeouts,
        folder: folder(),
      });
      await write(cut, put(A, 'one'));
      proxy.swallowAnswers();
      const commit = cut.commit([], [put(A, 'two')]);
      const settled = expect(commit).rejects.toMatchObject({ name: 'StoreUnavailableError', outcome: 'unknown' });
      await hears(direct, A);
      proxy.close();
      await settled;
      await expect(cut.commit([], [put(A, 'three')])).rejects.toMatchObject({ outcome: 'none' });
      await expect(cut.synced()).rejects.toMatchObject({ name: 'StoreUnavailableError', outcome: 'none' });
      expect(text(cut.get(A)?.value)).toBe('one');
      expect(cut.problem()).toBeDefined();
      proxy.open();
      const heard = hears(cut, A);
      await heard;
      expect(text(cut.get(A)?.value)).toBe('two');
      expect(revisionsOf(await cut.commit([], [put(A, 'four')]))).toHaveLength(1);
      expect(cut.problem()).toBeUndefined();
    });
  });
});
