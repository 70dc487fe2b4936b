import { expect, it } from '@jest/globals';
import { put, write } from '../testing/opened.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';
import { rawEtcd } from './testing/raw-etcd.ts';

await describeWithEtcd('a prefix of etcd', ({ etcd, open, prefix, folder }) => {
  it('that something else uses is refused, and left as it was', async () => {
    const used = prefix();
    using raw = rawEtcd(etcd().url);
    await raw.put(`${used}/pods/default/web`, 'k8s\0');
    const refused = open({ prefix: used });
    await expect(refused).rejects.toMatchObject({ name: 'StoreUnusableError' });
    await expect(refused).rejects.toThrow(
      `${used} of this etcd is in use by something else (there is a key ${used}/pods/default/web): choose another with --etcd-prefix`,
    );
    expect(await raw.keys(`${used}/`)).toEqual([`${used}/pods/default/web`]);
  });

  it('that begins like another one is none of that', async () => {
    const one = prefix();
    await using first = await open({ prefix: one });
    await using second = await open({ prefix: `${one}0` });
    await write(first, put('/g/r/c/a'));
    await write(second, put('/g/r/c/b'));
    expect(first.count({ prefix: '' })).toBe(1);
    expect(second.range({ prefix: '' }).rows.map(({ key }) => key)).toEqual(['/g/r/c/b']);
  });

  it('that a newer version wrote is refused', async () => {
    const [newer, strange] = [prefix(), prefix()];
    using raw = rawEtcd(etcd().url);
    await raw.put(`${newer}/format`, JSON.stringify({ format: 'kcp', version: 2, store: 'x' }));
    await raw.put(`${strange}/format`, 'ext4');
    await expect(open({ prefix: newer })).rejects.toThrow(/format 2, this program writes 1/);
    await expect(open({ prefix: strange })).rejects.toThrow(/was not written by kcp/);
  });

  it('is claimed once by servers that start together', async () => {
    const shared = prefix();
    const stores = await Promise.all(Array.from({ length: 4 }, () => open({ prefix: shared })));
    const [first, second] = stores;
    if (first === undefined || second === undefined) throw new Error('not opened');
    await Promise.all(stores.map((store, at) => write(store, put(`/g/r/c/${at}`))));
    await Promise.all(stores.map(async (store) => store.synced()));
    const rows = stores.map((store) => store.range({ prefix: '' }).rows.map(({ key, revision }) => [key, revision]));
    expect(rows[0]).toHaveLength(4);
    for (const others of rows) expect(others).toEqual(rows[0]);
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  it('is a path', async () => {
    for (const bad of ['', '/', 'kcp', '/kcp/', '/a//b', '/a b']) {
      await expect(open({ prefix: bad, folder: folder() })).rejects.toBeInstanceOf(TypeError);
    }
    await using nested = await open({ prefix: `${prefix()}/a/b` });
    expect(await write(nested, put('/g/r/c/a'))).toBeGreaterThan(0);
  });

  it('is looked for at an address', async () => {
    for (const servers of [
      [],
      ['embedded'],
      ['ftp://127.0.0.1'],
      ['http://127.0.0.1/path'],
      ['http://a:b@127.0.0.1'],
    ]) {
      await expect(open({ servers })).rejects.toBeInstanceOf(TypeError);
    }
    await expect(open({ certFile: '/none' })).rejects.toThrow(/needs its key/);
  });
});
