import { describe, expect, it } from '@jest/globals';
import { again, done } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { FollowedChange, StoredObject } from '@kcp/object-store';
import { secrets } from '../core/secret.ts';
import { World } from '../testing/world.ts';
import { bootstrapTokenCleaner, bootstrapTokenKeys } from './bootstrap-token-cleaner.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const DAY = 86_400_000;
const clock = { now: () => NOW };
const address = {
  cluster: root,
  resource: { group: '', version: 'v1', resource: 'secrets' },
  namespace: 'kube-system',
};
const key = { cluster: root, namespace: 'kube-system', name: 'bootstrap-token-abcdef' };
const bucket = { group: '', resource: 'secrets' };

async function worldWith(stringData: Record<string, string>, type = 'bootstrap.kubernetes.io/token'): Promise<World> {
  const world = new World([secrets()]);
  const metadata = { name: key.name, namespace: key.namespace };
  await world.writer.create(address, { metadata, type, stringData });
  return world;
}
const run = ({ reader, writer }: World) =>
  bootstrapTokenCleaner({ store: reader, writer, clock })(key, { signal: new AbortController().signal });
const isThere = (world: World): boolean => world.reader.get(bucket, key) !== undefined;

describe('the Secret of a bootstrap token', () => {
  it.each(['2026-01-02T03:04:05Z', '2026-01-01T00:00:00+00:00', 'soon', '2026-01-02'])(
    'that ends at %s is removed',
    async (expiration) => {
      const world = await worldWith({ expiration });
      expect(await run(world)).toEqual(done);
      expect(isThere(world)).toBe(false);
    },
  );
  it('that has time left is left, and looked at again when it ends', async () => {
    const world = await worldWith({ expiration: '2026-01-02T03:04:06Z' });
    expect(await run(world)).toEqual(again(1000));
    expect(isThere(world)).toBe(true);
  });
  it('that ends in years is looked at every day: no timer reaches that far', async () => {
    expect(await run(await worldWith({ expiration: '2099-01-02T03:04:06Z' }))).toEqual(again(DAY));
  });
  it('without an end stays', async () => {
    const world = await worldWith({});
    expect(await run(world)).toEqual(done);
    expect(isThere(world)).toBe(true);
  });
  it('of another type is nobody’s business, nor is one that is gone', async () => {
    const world = await worldWith({ expiration: '2020-01-01T00:00:00Z' }, 'Opaque');
    expect(await run(world)).toEqual(done);
    expect(isThere(world)).toBe(true);
    expect(await run(new World([secrets()]))).toEqual(done);
  });
});

describe('keys', () => {
  const change = (kind: 'put' | 'delete', type: string, namespace = 'kube-system'): FollowedChange => {
    const object = { key: { ...key, namespace }, decode: () => ({ metadata: {}, type }) };
    return { kind, object: object as unknown as StoredObject } as FollowedChange;
  };
  it('are bootstrap tokens in kube-system that were written', () => {
    expect(bootstrapTokenKeys(change('put', 'bootstrap.kubernetes.io/token'))).toEqual([key]);
    expect(bootstrapTokenKeys(change('put', 'Opaque'))).toEqual([]);
    expect(bootstrapTokenKeys(change('put', 'bootstrap.kubernetes.io/token', 'default'))).toEqual([]);
    expect(bootstrapTokenKeys(change('delete', 'bootstrap.kubernetes.io/token'))).toEqual([]);
  });
});
