import { describe, expect, it } from '@jest/globals';
import { WaitingRoom } from './waiting-room.ts';

const limits = { queued: 3, queueMs: 60_000 };

describe('requests that wait for a connection', () => {
  it('are admitted in their order, as many as there is room for', async () => {
    const room = new WaitingRoom(limits);
    const told: number[] = [];
    const waiting = [0, 1, 2].map((at) => room.wait(undefined).then(() => told.push(at)));
    room.admit(2);
    await Promise.all(waiting.slice(0, 2));
    expect(told).toEqual([0, 1]);
    room.admit(5);
    await Promise.all(waiting);
    expect(told).toEqual([0, 1, 2]);
  });

  it('are refused where too many wait; one that left makes room', async () => {
    const room = new WaitingRoom(limits);
    const stop = new AbortController();
    const first = room.wait(stop.signal);
    const others = [room.wait(undefined), room.wait(undefined)];
    await expect(room.wait(undefined)).rejects.toMatchObject({ phase: 'full' });
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    const late = room.wait(undefined);
    room.admit(3);
    await Promise.all([...others, late]);
  });

  it('are refused after a while, and all of them when there is nothing to wait for', async () => {
    const impatient = new WaitingRoom({ queued: 3, queueMs: 5 });
    await expect(impatient.wait(undefined)).rejects.toMatchObject({
      phase: 'full',
      message: 'no connection became free within 5 ms',
    });
    const room = new WaitingRoom(limits);
    const waiting = [room.wait(undefined), room.wait(new AbortController().signal)];
    const reason = new Error('closed');
    room.close(reason);
    for (const one of waiting) await expect(one).rejects.toBe(reason);
  });

  it('leave what they share with others when their caller gives up', async () => {
    const room = new WaitingRoom(limits);
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = new AbortController();
    const [mine, others] = [room.race(promise, stop.signal), room.race(promise, undefined)];
    stop.abort(new Error('enough'));
    await expect(mine).rejects.toThrow('enough');
    resolve();
    await others;
    const failed = room.race(Promise.reject(new Error('no')), new AbortController().signal);
    await expect(failed).rejects.toThrow('no');
  });
});
