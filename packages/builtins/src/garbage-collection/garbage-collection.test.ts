import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import type { InProcessWriter } from '@kcp/apiserver';
import type { Controller } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { openTestStore, openTestStoreAt } from '@kcp/object-store/testing';
import { CollectedStore, ref, resources } from './testing/collected-store.ts';

const absent = { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: 'no-such-uid' };
const block = { blockOwnerDeletion: true };

let world: CollectedStore;
let collector: Controller;
beforeEach(async () => {
  const { store } = await openTestStore();
  world = new CollectedStore(store);
  await world.addNamespaces('n', 'other');
  collector = world.start();
});
afterEach(async () => {
  await collector[Symbol.asyncDispose]();
});

/** Waits until nothing is left to do; the collector's own writes are changes that it has to see too. */
async function quiet(): Promise<void> {
  let head: number;
  do {
    head = world.store.head();
    await collector.settled();
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => void setImmediate(resolve));
  } while (world.store.head() > head);
}

const create = (...options: Parameters<CollectedStore['create']>): Promise<KubeObject> => world.create(...options);

describe('background deletion', () => {
  it('takes a chain of dependants with it, of several kinds', async () => {
    const one = await create('one');
    const child = await create('child', { ownerReferences: [ref(one)] }, { plural: 'widgets' });
    await create('grandchild', { ownerReferences: [ref(child)] }, { plural: 'secrets' });
    await create('stranger');
    await world.remove('one');
    await quiet();
    expect(world.names()).toEqual(['stranger']);
    expect([world.get('child', { plural: 'widgets' }), world.get('grandchild', { plural: 'secrets' })]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('leaves what has another owner, without the reference to the one that is gone', async () => {
    const [one, other] = [await create('one'), await create('other')];
    await create('shared', { ownerReferences: [ref(one, block), ref(other)] });
    await world.remove('one');
    await quiet();
    expect(world.get('shared')?.ownerReferences).toEqual([ref(other)]);
  });

  it('marks a dependant that finalizers hold, and goes on with its dependants when it is gone', async () => {
    const one = await create('one');
    const held = await create('held', { ownerReferences: [ref(one)], finalizers: ['example.com/hold'] });
    await create('below', { ownerReferences: [ref(held)] });
    await world.remove('one');
    await quiet();
    expect([world.get('held')?.deletionTimestamp, world.names()]).toEqual([expect.any(String), ['below', 'held']]);
    await world.setMeta('held', ({ finalizers: _, ...metadata }) => metadata);
    await quiet();
    expect(world.names()).toEqual([]);
  });

  it('follows the finalizers that a dependant asks for itself', async () => {
    const one = await create('one');
    const lasting = await create('lasting', { ownerReferences: [ref(one)], finalizers: ['orphan'] });
    await create('free', { ownerReferences: [ref(lasting)] });
    await world.remove('one');
    await quiet();
    expect([world.names(), world.get('free')?.ownerReferences]).toEqual([['free'], undefined]);
  });

  it('stays within the logical cluster', async () => {
    const cluster = 'elsewhere' as LogicalCluster;
    await create('n', {}, { plural: 'namespaces', cluster });
    const one = await create('one');
    const twin = await create('one', {}, { cluster });
    await create('child', { ownerReferences: [ref(twin)] }, { cluster });
    await world.remove('one');
    await quiet();
    expect([one.metadata.name, world.names(), world.get('child', { cluster })?.name]).toEqual(['one', [], 'child']);
  });
});

describe('owners that are not there', () => {
  it('are found out when a dependant is made, or gets a reference', async () => {
    const other = await create('other');
    await create('dangling', { ownerReferences: [absent] });
    await create('wrong-uid', { ownerReferences: [{ ...ref(other), uid: 'another' }] });
    await create('late');
    await quiet();
    expect(world.names()).toEqual(['late', 'other']);
    await world.setMeta('late', (metadata) => ({ ...metadata, ownerReferences: [absent, ref(other)] }));
    await quiet();
    expect(world.get('late')?.ownerReferences).toEqual([ref(other)]);
  });

  it('may be in another namespace: that counts as missing; what is cluster-scoped owns in all of them', async () => {
    const far = await create('far', {}, { namespace: 'other' });
    const globe = await create('globe', {}, { plural: 'globes' });
    await create('misled', { ownerReferences: [ref(far)] });
    await create('below', { ownerReferences: [ref(globe)] });
    await quiet();
    expect([world.names(), world.get('far', { namespace: 'other' })?.name]).toEqual([['below'], 'far']);
    await world.remove('globe', 'Background', { plural: 'globes' });
    await quiet();
    expect(world.names()).toEqual([]);
  });

  it('keep their dependants where nobody can say: kinds not served, namespaced owners of cluster-scoped objects', async () => {
    const one = await create('one');
    const unknown = { ...absent, kind: 'Mystery' };
    await create('kept', { ownerReferences: [unknown, absent] });
    await create('other-group', { ownerReferences: [{ ...ref(one), apiVersion: 'other.io/v1' }] });
    await create('globe', { ownerReferences: [ref(one)] }, { plural: 'globes' });
    await world.remove('one');
    await quiet();
    expect(world.names()).toEqual(['kept', 'other-group']);
    expect(world.get('kept')?.ownerReferences).toEqual([unknown, absent]);
    expect(world.get('globe', { plural: 'globes' })?.name).toBe('globe');
  });

  it('are known to be gone when their kind goes with them', async () => {
    const widget = await create('w', {}, { plural: 'widgets' });
    await create('child', { ownerReferences: [ref(widget)] });
    await quiet();
    await collector[Symbol.asyncDispose]();
    await world.remove('w', 'Background', { plural: 'widgets' });
    world.served.delete(resources.widgets);
    collector = world.start();
    await quiet();
    expect(world.names()).toEqual([]);
  });

  it('are nothing to an event', async () => {
    const event = { ownerReferences: [absent] };
    const { bucket } = resources.events;
    const key = world.key('e', { plural: 'events' });
    const object: KubeObject = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', uid: 'e', ...event } };
    await world.store.commit([{ kind: 'create', bucket, key, object, fingerprint: 'x' }]);
    await quiet();
    expect(world.store.get(bucket, key)).toBeDefined();
  });
});

describe('foreground deletion', () => {
  it('deletes all dependants first, and waits for those that block', async () => {
    const front = await create('front');
    await create('blocking', { ownerReferences: [ref(front, block)], finalizers: ['example.com/hold'] });
    await create('held-but-free', { ownerReferences: [ref(front)], finalizers: ['example.com/hold'] });
    await create('free', { ownerReferences: [ref(front)] });
    await world.remove('front', 'Foreground');
    await quiet();
    expect([world.names(), world.get('front')?.finalizers]).toEqual([
      ['blocking', 'front', 'held-but-free'],
      ['foregroundDeletion'],
    ]);
    await world.setMeta('blocking', ({ finalizers: _, ...metadata }) => metadata);
    await quiet();
    expect(world.names()).toEqual(['held-but-free']);
  });

  it('goes down through the dependants before it comes back up', async () => {
    const top = await create('top');
    const middle = await create('middle', { ownerReferences: [ref(top, block)] });
    await create('bottom', { ownerReferences: [ref(middle, block)], finalizers: ['example.com/hold'] });
    await world.remove('top', 'Foreground');
    await quiet();
    expect([world.get('middle')?.finalizers, world.get('top')?.finalizers]).toEqual([
      ['foregroundDeletion'],
      ['foregroundDeletion'],
    ]);
    await world.setMeta('bottom', ({ finalizers: _, ...metadata }) => metadata);
    await quiet();
    expect(world.names()).toEqual([]);
  });

  it('lets go what has another owner', async () => {
    const [front, other] = [await create('front'), await create('other')];
    await create('shared', { ownerReferences: [ref(front, block), ref(other)] });
    await world.remove('front', 'Foreground');
    await quiet();
    expect([world.names(), world.get('shared')?.ownerReferences]).toEqual([['other', 'shared'], [ref(other)]]);
  });

  it('ends when a dependant no longer blocks', async () => {
    const front = await create('front');
    await create('blocking', { ownerReferences: [ref(front, block)], finalizers: ['example.com/hold'] });
    await world.remove('front', 'Foreground');
    await quiet();
    await world.setMeta('blocking', (metadata) => ({ ...metadata, ownerReferences: [ref(front)] }));
    await quiet();
    expect(world.names()).toEqual(['blocking']);
  });

  it('takes only its own finalizer away, from an object that was marked before too', async () => {
    await create('one', { finalizers: ['example.com/a'] });
    await world.remove('one');
    await world.remove('one', 'Foreground');
    await quiet();
    expect(world.get('one')?.finalizers).toEqual(['example.com/a']);
  });

  it('comes to an end for owners that own each other, or themselves', async () => {
    const [one, two] = [await create('one'), await create('two')];
    const self = await create('self');
    const owns = (name: string, owner: KubeObject): Promise<void> =>
      world.setMeta(name, (metadata) => ({ ...metadata, ownerReferences: [ref(owner, block)] }));
    await owns('one', two);
    await owns('two', one);
    await owns('self', self);
    await world.remove('one', 'Foreground');
    await world.remove('self', 'Foreground');
    await quiet();
    expect(world.names()).toEqual([]);
  });

  it('is not held up by an object elsewhere that claims the uid', async () => {
    const front = await create('front');
    await create(
      'claims',
      { ownerReferences: [ref(front, block)], finalizers: ['example.com/hold'] },
      { namespace: 'other' },
    );
    await world.remove('front', 'Foreground');
    await quiet();
    expect(world.names()).toEqual([]);
  });
});

describe('orphaning', () => {
  it('takes the owner out of its dependants, then lets it go', async () => {
    const [parent, other] = [await create('parent'), await create('other')];
    await create('orphan', { ownerReferences: [ref(parent, { ...block, controller: true })] });
    await create('shared', { ownerReferences: [ref(other), ref(parent)] });
    await world.remove('parent', 'Orphan');
    await quiet();
    expect(world.names()).toEqual(['orphan', 'other', 'shared']);
    expect([world.get('orphan')?.ownerReferences, world.get('shared')?.ownerReferences]).toEqual([
      undefined,
      [ref(other)],
    ]);
  });
});

describe('an owner of very many', () => {
  it('is dealt with in steps, and others between them', async () => {
    const [many, few] = [await create('many'), await create('few')];
    const reference = ref(many);
    await Promise.all(
      Array.from({ length: 1_300 }, (_, index) => create(`d${index}`, { ownerReferences: [reference] })),
    );
    await create('one-of-few', { ownerReferences: [ref(few)] });
    await quiet();
    await world.remove('many');
    await world.remove('few');
    while (world.get('one-of-few') !== undefined) await new Promise((resolve) => void setImmediate(resolve));
    expect(world.names().length).toBeGreaterThan(0);
    while (world.names().length > 0) await new Promise((resolve) => void setImmediate(resolve));
  });
});

describe('after a crash', () => {
  it('goes on: what changed while no collector ran, and what one left half done', async () => {
    const front = await create('front');
    const back = await create('back');
    for (let index = 0; index < 5; index++) {
      await create(`f${index}`, { ownerReferences: [ref(front, block)] });
      await create(`b${index}`, { ownerReferences: [ref(back)] });
    }
    await quiet();
    await collector[Symbol.asyncDispose]();
    const removals = { left: 4 };
    const dying: InProcessWriter = {
      ...world.writer,
      remove: (...options) =>
        removals.left-- > 0 ? world.writer.remove(...options) : Promise.reject(new ApiError('Forbidden', 'no')),
      update: () => Promise.reject(new ApiError('Forbidden', 'no')),
    };
    await world.remove('front', 'Foreground');
    await world.remove('back');
    collector = world.start(dying);
    while (removals.left > 0) await new Promise((resolve) => void setImmediate(resolve));
    await collector[Symbol.asyncDispose]();
    expect(world.names().length).toBeGreaterThan(5);
    collector = world.start();
    while (world.names().length > 0) await new Promise((resolve) => void setImmediate(resolve));
  });

  it('starts over from a list of everything where its checkpoint is no use', async () => {
    await collector[Symbol.asyncDispose]();
    await create('dangling', { ownerReferences: [absent] });
    await create('waits');
    await world.remove('waits', 'Foreground');
    const { store } = await openTestStore();
    const copy = new CollectedStore(store);
    for (const object of world.store.everything({ limit: 100 }).objects) {
      const { bucket, key, fingerprint } = object;
      await store.commit([{ kind: 'create', bucket, key, object: object.decode(), fingerprint }]);
    }
    world = copy;
    collector = world.start();
    await quiet();
    expect(world.names()).toEqual([]);
  });
});

describe('on disk', () => {
  it('does the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'garbage-'));
    await using parts = new AsyncDisposableStack();
    parts.defer(() => rm(folder, { recursive: true }));
    const { store, backend } = await openTestStoreAt(folder);
    parts.use(backend);
    await collector[Symbol.asyncDispose]();
    world = new CollectedStore(store);
    await world.addNamespaces('n');
    collector = parts.use(world.start());
    const front = await create('front');
    const child = await create('child', { ownerReferences: [ref(front, block)] });
    await create('grandchild', { ownerReferences: [ref(child, block)] });
    await create('kept', { ownerReferences: [ref(front), ref(await create('other'))] });
    await world.remove('front', 'Foreground');
    await quiet();
    expect(world.names()).toEqual(['kept', 'other']);
  });
});
