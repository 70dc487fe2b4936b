import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { ReconcileKey } from './reconcile-key.ts';
import { again, done } from './reconcile.ts';
import { FakeClock, turn } from './testing/index.ts';
import { WorkQueue } from './work-queue.ts';

const failed = { kind: 'failed' } as const;

function key(name: string): ReconcileKey {
  return { cluster: root, namespace: 'default', name };
}

function queueWith(limits: { readyLimit?: number; keyLimit?: number } = {}): {
  clock: FakeClock;
  queue: WorkQueue;
  told: () => number;
} {
  const clock = new FakeClock();
  let calls = 0;
  const queue = new WorkQueue({ clock, onReady: () => calls++, ...limits });
  return { clock, queue, told: () => calls };
}

function names(queue: WorkQueue): string[] {
  const taken: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next.name);
  return taken;
}

describe('a work queue', () => {
  it('hands out each key once, in the order in which they became ready', () => {
    const { queue, told } = queueWith();
    for (const name of ['a', 'b', 'a', 'c', 'b']) queue.add(key(name));
    expect(names(queue)).toEqual(['a', 'b', 'c']);
    expect(told()).toBe(3);
  });

  it('tells keys apart by every part', () => {
    const { queue } = queueWith();
    queue.add(key('a'));
    queue.add({ ...key('a'), namespace: '' });
    queue.add({ ...key('a'), bucket: { group: '', resource: 'secrets' } });
    queue.add({ ...key('a'), bucket: { group: '', resource: 'secrets', identity: 'x' } });
    expect(queue.size).toBe(4);
  });

  it('hands out a key that is added while it is worked on again afterwards, not before', () => {
    const { queue } = queueWith();
    queue.add(key('a'));
    expect(names(queue)).toEqual(['a']);
    queue.add(key('a'));
    queue.add(key('a'));
    expect(names(queue)).toEqual([]);
    queue.finish(key('a'), done);
    expect(names(queue)).toEqual(['a']);
    queue.finish(key('a'), done);
    expect(queue.size).toBe(0);
  });

  it('refuses the end of work that nobody began', () => {
    const { queue } = queueWith();
    queue.add(key('a'));
    expect(() => queue.finish(key('a'), done)).toThrow('not being worked on');
  });

  it('waits twice as long after each failure, from 5 ms to 1,000 s, and forgets after a success', () => {
    const { queue, clock } = queueWith();
    queue.add(key('a'));
    let wait = 5;
    for (let failure = 0; failure < 25; failure++) {
      expect(names(queue)).toEqual(['a']);
      queue.finish(key('a'), failed);
      clock.advance(Math.min(wait, 1_000_000) - 1);
      expect(names(queue)).toEqual([]);
      clock.advance(1);
      wait *= 2;
    }
    expect(names(queue)).toEqual(['a']);
    queue.finish(key('a'), done);
    queue.add(key('a'));
    names(queue);
    queue.finish(key('a'), failed);
    clock.advance(5);
    expect(names(queue)).toEqual(['a']);
  });

  it('hands out a key in back-off at once when it is added, and keeps count of its failures', () => {
    const { queue, clock } = queueWith();
    queue.add(key('a'));
    names(queue);
    queue.finish(key('a'), failed);
    queue.add(key('a'));
    expect(names(queue)).toEqual(['a']);
    queue.finish(key('a'), failed);
    clock.advance(9);
    expect(names(queue)).toEqual([]);
    clock.advance(1);
    expect(names(queue)).toEqual(['a']);
  });

  it('hands out a key again after the time that its result names, with one timer for all', () => {
    const { queue, clock } = queueWith();
    for (const name of ['a', 'b', 'c']) queue.add(key(name));
    names(queue);
    queue.finish(key('a'), again(300));
    queue.finish(key('b'), again(100));
    queue.finish(key('c'), again(200));
    expect(clock.timers).toBe(1);
    clock.advance(250);
    expect(names(queue)).toEqual(['b', 'c']);
    clock.advance(50);
    expect(names(queue)).toEqual(['a']);
    expect(clock.timers).toBe(0);
  });

  it('drops a wait when a later result says done', () => {
    const { queue, clock } = queueWith();
    queue.add(key('a'));
    names(queue);
    queue.finish(key('a'), again(100));
    queue.add(key('a'));
    names(queue);
    queue.finish(key('a'), done);
    clock.advance(1_000);
    expect(queue.size).toBe(0);
  });

  it('keeps the sooner of two times, also for a key that is being worked on', () => {
    const { queue, clock } = queueWith();
    const at = clock.now();
    queue.addAt({ key: key('a'), at: at + 200, failures: 0 });
    queue.addAt({ key: key('a'), at: at + 100, failures: 0 });
    queue.addAt({ key: key('a'), at: at + 300, failures: 0 });
    clock.advance(100);
    expect(names(queue)).toEqual(['a']);
    queue.addAt({ key: key('a'), at: at + 150, failures: 0 });
    queue.finish(key('a'), done);
    clock.advance(50);
    expect(names(queue)).toEqual(['a']);
  });

  it('knows the oldest revision it owes until a call that began after it has succeeded', () => {
    const { queue, clock } = queueWith();
    queue.add(key('a'), 7);
    queue.add(key('b'), 8);
    queue.add(key('a'), 9);
    expect(queue.state().oldest).toBe(7);
    names(queue);
    queue.add(key('a'), 10);
    queue.finish(key('a'), failed);
    expect(queue.state().oldest).toBe(7);
    names(queue);
    queue.finish(key('b'), done);
    expect(queue.state().oldest).toBe(7);
    queue.finish(key('a'), failed);
    expect(queue.state()).toEqual({
      oldest: undefined,
      waiting: [{ key: key('a'), at: clock.now() + 10, failures: 2 }],
    });
    expect([queue.owes(6), queue.owes(7)]).toEqual([false, true]);
    clock.advance(10);
    names(queue);
    queue.finish(key('a'), done);
    expect(queue.owes(10)).toBe(false);
  });

  it('is full above its limits and tells when there is room', async () => {
    const { queue } = queueWith({ readyLimit: 4, keyLimit: 6 });
    for (const name of ['a', 'b', 'c', 'd']) queue.add(key(name));
    expect(queue.isFull).toBe(true);
    let hasRoom = false;
    const room = queue.room().then(() => (hasRoom = true));
    queue.take();
    await turn(1);
    expect([queue.isFull, hasRoom]).toEqual([false, false]);
    queue.take();
    await room;
    for (const name of ['a', 'b']) queue.finish(key(name), again(1_000));
    for (const name of ['e', 'f']) queue.add(key(name));
    queue.take();
    queue.take();
    expect(queue.isFull).toBe(true);
    const [first] = [queue.room()];
    queue.finish(key('c'), done);
    await first;
    expect(queue.isFull).toBe(false);
  });

  it('takes nothing in when shut down, works off what is ready and stops its timer', async () => {
    const { queue, clock } = queueWith();
    for (const name of ['a', 'b']) queue.add(key(name));
    queue.addAt({ key: key('w'), at: clock.now() + 10, failures: 0 });
    let isDrained = false;
    const drained = queue.shutDown().then(() => (isDrained = true));
    queue.add(key('c'));
    expect([names(queue), clock.timers]).toEqual([['a', 'b'], 0]);
    queue.finish(key('a'), done);
    await turn(1);
    expect(isDrained).toBe(false);
    queue.finish(key('b'), failed);
    await drained;
    expect(queue.state().waiting.map((waiting) => waiting.key.name)).toEqual(['b', 'w']);
  });

  it('hands out nothing more when left, and still knows what it owes', async () => {
    const { queue } = queueWith();
    for (const [at, name] of ['a', 'b'].entries()) queue.add(key(name), at + 1);
    queue.take();
    const drained = queue.shutDown();
    queue.leave();
    expect(queue.take()).toBeUndefined();
    queue.finish(key('a'), done);
    await drained;
    expect(queue.state().oldest).toBe(2);
  });

  it('keeps no trace of keys that are done', () => {
    const { queue } = queueWith();
    for (let round = 0; round < 5_000; round++) {
      queue.add(key(`k${round}`));
      const taken = queue.take();
      if (taken) queue.finish(taken, done);
    }
    expect([queue.size, queue.ready]).toEqual([0, 0]);
  });
});
