import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { textsAt, type KubeObject } from '@kcp/api-machinery';
import { FakeClock } from '@kcp/controller/testing';
import { openMemoryStore, type Backend } from '@kcp/storage';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import type { ObjectKey } from './keys.ts';
import { VALUE_LIMIT } from './lookup-index.ts';
import type { ObjectIndex, ObjectWrite } from './object-store.ts';
import { openObjectStore, type OpenObjectStore } from './open-object-store.ts';
import { configMaps, keyOf, widgets } from './testing/fixture.ts';

const tags: ObjectIndex = { name: 'tags', bucket: widgets, values: (object) => textsAt({ ...object }, 'tags') };
const [a, b, c] = [keyOf('one', '', 'a'), keyOf('two', 'ns', 'b'), keyOf('two', '', 'c')];

let backend: Backend;
let store: OpenObjectStore;
beforeEach(async () => {
  backend = await openMemoryStore();
  store = open([tags]);
  await store.buildIndexes(new AbortController().signal);
});
afterEach(() => store[Symbol.dispose]());

function open(indexes: readonly ObjectIndex[]): OpenObjectStore {
  return openObjectStore({ backend, indexes, clock: new FakeClock(), logger: silentLogger, meter: silentMeter });
}

function tagged(key: ObjectKey, values: readonly string[]): KubeObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: key.name }, tags: [...values] };
}

function write(key: ObjectKey, values: readonly string[], bucket = widgets): ObjectWrite {
  const expected = store.get(bucket, key)?.revision;
  const parts = { bucket, key, object: tagged(key, values), fingerprint: 'v1' };
  return expected === undefined ? { kind: 'create', ...parts } : { kind: 'update', ...parts, expected };
}

function removal(key: ObjectKey): ObjectWrite {
  return { kind: 'delete', bucket: widgets, key, expected: store.get(widgets, key)?.revision ?? -1 };
}

function found(value: string, at?: number): readonly string[] | undefined {
  const page = store.lookup({ index: tags, value, limit: 100, ...(at !== undefined && { at }) });
  return page?.keys.map(({ cluster, namespace, name }) => `${cluster}/${namespace}/${name}`);
}

describe('objects by what is in them', () => {
  it('are found in all logical clusters, in the order of their keys', async () => {
    await store.commit([write(c, ['red']), write(b, ['red', 'blue']), write(a, ['red'])]);
    expect(found('red')).toEqual(['one//a', 'two//c', 'two/ns/b']);
    expect(found('blue')).toEqual(['two/ns/b']);
    expect(found('green')).toEqual([]);
  });

  it('are found by what is in them after a write, and not by what was', async () => {
    await store.commit([write(a, ['red', 'blue'])]);
    const before = store.head();
    await store.commit([write(a, ['blue', 'green'])]);
    expect([found('red'), found('blue'), found('green')]).toEqual([[], ['one//a'], ['one//a']]);
    expect([found('red', before), found('green', before)]).toEqual([['one//a'], []]);
    await store.commit([removal(a)]);
    expect([found('blue'), found('green')]).toEqual([[], []]);
  });

  it('change no row where what they are found by stays', async () => {
    await store.commit([write(a, ['red'])]);
    const head = store.head();
    await store.commit([write(a, ['red', 'red'])]);
    expect(store.head()).toBe(head + 1);
  });

  it('come in pages, from any text on', async () => {
    await store.commit([write(a, ['red']), write(b, ['red']), write(c, ['red'])]);
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = store.lookup({ index: tags, value: 'red', limit: 1, ...(after !== undefined && { after }) });
      names.push(...(page?.keys ?? []).map(({ name }) => name));
      after = page?.next;
    } while (after !== undefined);
    expect(names).toEqual(['a', 'c', 'b']);
    expect(store.lookup({ index: tags, value: 'red', limit: 9, after: 'one0' })?.keys.map(({ name }) => name)).toEqual([
      'c',
      'b',
    ]);
  });

  it('are those of one resource', async () => {
    await store.commit([write(a, ['red'], configMaps)]);
    expect(found('red')).toEqual([]);
  });

  it.each(['a/b', '', '!whole', 'é', 'x'.repeat(500), '..', '=a', '__proto__'])('may be found by %j', async (value) => {
    await store.commit([write(a, [value]), write(b, ['other'])]);
    expect(found(value)).toEqual(['one//a']);
  });

  it('have no more values than fit into a commit', async () => {
    const values = Array.from({ length: VALUE_LIMIT + 1 }, (_, at) => `v${at}`);
    await expect(store.commit([write(a, values)])).rejects.toThrow('51 values');
    await store.commit([write(a, values.slice(1))]);
    await store.commit([
      write(
        a,
        values.slice(1).map((value) => `${value}-new`),
      ),
    ]);
    expect([found('v1'), found('v1-new')]).toEqual([[], ['one//a']]);
  });

  it('are no objects themselves', async () => {
    await store.commit([write(a, ['red'])]);
    expect(store.everything({ limit: 100 }).objects.map(({ key }) => key.name)).toEqual(['a']);
  });
});

describe('an index that is new to a store', () => {
  it('is not asked before everything is in it', async () => {
    const later: ObjectIndex = { ...tags, name: 'later' };
    for (let at = 0; at < 250; at += 1)
      await store.commit([write(keyOf('one', '', `w${at}`), ['red', 'blue', `n${at}`])]);
    store[Symbol.dispose]();
    store = open([tags, later]);
    const ask = (value: string) => store.lookup({ index: later, value, limit: 1_000 })?.keys.length;
    expect(ask('red')).toBeUndefined();
    await store.commit([write(keyOf('one', '', 'w0'), ['green'])]);
    await store.buildIndexes(new AbortController().signal);
    expect([ask('red'), ask('green'), ask('n7'), ask('n0')]).toEqual([249, 1, 1, 0]);
  });

  it('is built once', async () => {
    const head = store.head();
    await store.buildIndexes(new AbortController().signal);
    expect(store.head()).toBe(head);
  });

  it('can be broken off, and is begun anew', async () => {
    const later: ObjectIndex = { ...tags, name: 'later' };
    await store.commit([write(a, ['red'])]);
    store[Symbol.dispose]();
    store = open([later]);
    await expect(store.buildIndexes(AbortSignal.abort())).rejects.toThrow();
    expect(store.lookup({ index: later, value: 'red', limit: 1 })).toBeUndefined();
    await store.buildIndexes(new AbortController().signal);
    expect(store.lookup({ index: later, value: 'red', limit: 1 })?.keys).toEqual([
      { cluster: 'one', namespace: '', name: 'a' },
    ]);
  });
});
