import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { ApiError, equal, parseJson } from '@kcp/api-machinery';
import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import * as fc from 'fast-check';
import { encodeRow } from './codec.ts';
import { configMaps } from './testing/fixture.ts';
import { StoredRow } from './stored-row.ts';

const key = '/core/configmaps/root/default/a';

function stored(object: KubeObject, revision = 42, fingerprint = 'v1'): StoredRow {
  const value = encodeRow({ object, fingerprint, cluster: root });
  return new StoredRow(configMaps, { key, revision, value }, true);
}

const minimal: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

describe('a stored object', () => {
  it('is served with type meta first, its revision and the annotation of its logical cluster', () => {
    expect(stored(minimal).json().toString()).toBe(
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"42","name":"a","annotations":{"kcp.io/cluster":"root"}}}',
    );
  });

  it('is served as an item without type meta', () => {
    expect(
      stored({ ...minimal, data: { k: 'v' } })
        .item()
        .toString(),
    ).toBe('{"metadata":{"resourceVersion":"42","name":"a","annotations":{"kcp.io/cluster":"root"}},"data":{"k":"v"}}');
  });

  it('drops the resourceVersion that it was written with, and an annotation of another logical cluster', () => {
    const metadata = { name: 'a', resourceVersion: '7', annotations: { x: 'y', 'kcp.io/cluster': 'other' } };
    expect(stored({ ...minimal, metadata }).decode().metadata).toEqual({
      name: 'a',
      resourceVersion: '42',
      annotations: { x: 'y', 'kcp.io/cluster': 'root' },
    });
    expect(metadata.resourceVersion).toBe('7');
  });

  it('tells its flags without being parsed', () => {
    const flags = (metadata: object): readonly boolean[] => {
      const row = stored({ ...minimal, metadata: { name: 'a', ...metadata } });
      return [row.hasFinalizers, row.hasOwners, row.isTerminating];
    };
    expect(flags({})).toEqual([false, false, false]);
    expect(flags({ finalizers: [], ownerReferences: [] })).toEqual([false, false, false]);
    expect(flags({ finalizers: ['x'] })).toEqual([true, false, false]);
    expect(flags({ ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }] })).toEqual([
      false,
      true,
      false,
    ]);
    expect(flags({ deletionTimestamp: '2020-01-01T00:00:00Z' })).toEqual([false, false, true]);
  });

  it('tells its finalizers as they are decoded, whatever else is in it', () => {
    const tricky = fc.constantFrom('"finalizers":["x"]', 'finalizers', ']', '"', '\\', '\\"finalizers":[', 'é', 'a/b');
    const texts = fc.array(tricky, { maxLength: 4 }).map((parts) => parts.join(''));
    const texted = fc.dictionary(texts, texts, { maxKeys: 3 });
    const arbitrary = fc.record({ finalizers: fc.array(texts, { maxLength: 3 }), annotations: texted, labels: texted });
    fc.assert(
      fc.property(arbitrary, fc.boolean(), ({ finalizers, ...marks }, isFirst) => {
        const metadata = isFirst ? { name: 'a', finalizers, ...marks } : { name: 'a', ...marks, finalizers };
        const object = { ...minimal, metadata, spec: { finalizers: ['kubernetes'] } };
        expect(stored(object).finalizers).toEqual(finalizers);
        const decoded = stored(object);
        decoded.decode();
        expect(decoded.finalizers).toEqual(finalizers);
      }),
    );
    expect(stored({ ...minimal, spec: { finalizers: ['kubernetes'] } }).finalizers).toEqual([]);
  });

  it('is the last state at another revision with the same bytes', () => {
    const last = stored({ ...minimal, data: { k: 'v' } }, 42).as(50);
    expect([last.revision, last.decode().metadata.resourceVersion, last.decode()['data']]).toEqual([
      50,
      '50',
      { k: 'v' },
    ]);
  });

  it('bears its fingerprint, whatever it is made of', () => {
    for (const fingerprint of ['', 'v1', 'ü'.repeat(300)])
      expect(stored(minimal, 1, fingerprint).fingerprint).toBe(fingerprint);
    expect(() => stored(minimal, 1, 'x'.repeat(65_536))).toThrow(RangeError);
  });

  it('keeps trap keys, keys like numbers, integers beyond 2^53 and any text', () => {
    const text =
      '{"kind":"Ünder","apiVersion":"v1","10":{"9":1},"metadata":{"name":"a","labels":{"__proto__":"x","constructor":"y","10":"z"}},' +
      '"data":{"__proto__":{"toString":1},"big":9223372036854775807,"text":"\\u0000\\ud800 \\u2028 😀","nothing":null},"__proto__":[1]}';
    const object = parseJson(text) as unknown as KubeObject;
    const row = stored(object);
    const decoded = row.decode() as unknown as JsonObject;
    expect(Object.hasOwn(decoded, '__proto__')).toBe(true);
    expect(decoded['data']).toEqual(object['data']);
    expect(row.json().toString()).toContain('9223372036854775807');
    expect(row.json().toString()).toMatch(/^\{"kind":"Ünder","apiVersion":"v1","metadata":\{"resourceVersion":"42",/);
    expect(row.item().toString()).toMatch(/^\{"metadata":\{"resourceVersion":"42",/);
    expect(equal(parseJson(row.json().toString()), decoded)).toBe(true);
  });

  it('round-trips any JSON, as whole object and as item', () => {
    const member = fc.jsonValue({ maxDepth: 3 }).map((value) => parseJson(JSON.stringify(value)));
    const fields = fc.dictionary(fc.string(), member, { maxKeys: 5 });
    fc.assert(
      fc.property(fields, fields, fc.nat(), (spec, labels, revision) => {
        const object = { ...minimal, metadata: { name: 'a', labels: labels as Record<string, string> }, spec };
        const row = stored(object, revision);
        const { kind, apiVersion, ...item } = row.decode() as unknown as JsonObject & {
          kind: string;
          apiVersion: string;
        };
        expect([kind, apiVersion]).toEqual(['ConfigMap', 'v1']);
        expect(equal(item['spec'], spec)).toBe(true);
        expect(equal((item['metadata'] as JsonObject)['labels'], labels)).toBe(true);
        expect(equal(parseJson(row.item().toString()), item)).toBe(true);
        expect([row.json().length, row.item().length]).toEqual([row.jsonSize, row.itemSize]);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('is copied into the middle of a list', () => {
    const row = stored(minimal, 1_234_567);
    const target = Buffer.alloc(2 + row.itemSize + row.jsonSize);
    expect(row.copyJson(target, row.copyItem(target, 1))).toBe(target.length - 1);
    expect(target.toString('utf8', 1, target.length - 1)).toBe(row.item().toString() + row.json().toString());
  });

  it('is decoded once and shared, frozen in tests', () => {
    const row = stored({ ...minimal, data: { k: 'v' } });
    expect(row.decode()).toBe(row.decode());
    expect(Object.isFrozen(row.decode()['data'])).toBe(true);
  });

  it('is refused by name where its row is corrupt', () => {
    const good = encodeRow({ object: minimal, fingerprint: 'v1', cluster: root });
    const bad = [
      Buffer.alloc(0),
      Buffer.from('{"kind":"ConfigMap"}'),
      Buffer.from(good).fill(9, 0, 1),
      good.subarray(0, 60),
    ];
    for (const value of bad) {
      expect(() => new StoredRow(configMaps, { key, revision: 1, value }, false)).toThrow(key);
    }
    const truncated = new StoredRow(configMaps, { key, revision: 1, value: good.subarray(0, good.length - 3) }, false);
    expect(() => truncated.decode()).toThrow(ApiError);
    expect(() => truncated.decode()).toThrow(key);
  });

  it('never fails with anything but its own error, whatever the bytes', () => {
    const good = encodeRow({ object: minimal, fingerprint: 'v1', cluster: root });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const value = Buffer.from(good);
          for (const [at, byte] of changes) value[at] = byte;
          try {
            const row = new StoredRow(configMaps, { key, revision: 1, value }, false);
            row.json();
            row.item();
            row.decode();
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
      { seed: 5, numRuns: 2_000 },
    );
  });
});
