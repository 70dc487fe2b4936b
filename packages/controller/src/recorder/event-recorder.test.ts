import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiError, isObject, own, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import { silentLogger, type Meter } from '@kcp/telemetry';
import { FakeClock, turn } from '../testing/index.ts';
import { EventRecorder } from './event-recorder.ts';
import type { EventAddress, EventSink } from './event-sink.ts';
import type { Occurrence } from './occurrence.ts';

interface Written extends EventAddress {
  readonly body: JsonObject;
}

function about(name: string, more: Partial<Occurrence> = {}): Occurrence {
  const metadata = { name, namespace: 'n', uid: `uid-${name}`, resourceVersion: '7' };
  const regarding: KubeObject = { apiVersion: 'demo.io/v1', kind: 'Thing', metadata };
  return { cluster: root, regarding, type: 'Normal', reason: 'Made', action: 'Make', note: 'made it', ...more };
}

describe('an event recorder', () => {
  let clock: FakeClock;
  let created: Written[];
  let patched: Written[];
  let failWith: (() => unknown) | undefined;
  let dropped: Map<string, number>;
  let recorder: EventRecorder;
  beforeEach(() => {
    clock = new FakeClock();
    created = [];
    patched = [];
    failWith = undefined;
    dropped = new Map();
    const write = async (to: Written[], address: EventAddress, body: JsonObject): Promise<void> => {
      const failure = failWith?.();
      if (failure !== undefined) throw failure;
      to.push({ ...address, body });
    };
    const sink: EventSink = {
      create: (address, event) => write(created, address, event),
      patch: (address, patch) => write(patched, address, patch),
    };
    const meter: Meter = {
      counter: () => ({
        add: (amount, labels) => {
          const { reason } = labels ?? {};
          if (reason !== undefined) dropped.set(reason, (dropped.get(reason) ?? 0) + amount);
        },
      }),
      gauge: () => ({ set: () => {} }),
      histogram: () => ({ observe: () => {} }),
    };
    recorder = new EventRecorder({
      sink,
      reporter: { controller: 'kcp.io/demo', instance: 'demo-1' },
      clock,
      logger: silentLogger,
      meter,
    });
  });

  const countsOf = (writes: readonly Written[]): unknown[] =>
    writes.map(({ body }) => {
      const series = own(body, 'series');
      return isObject(series) ? own(series, 'count') : undefined;
    });

  it('writes what happened as an event in the namespace of the object', async () => {
    recorder.record(about('a'));
    await turn();
    expect(created).toMatchObject([
      {
        cluster: root,
        namespace: 'n',
        body: {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          eventTime: '2023-11-14T22:13:20.000000Z',
          reportingController: 'kcp.io/demo',
          reportingInstance: 'demo-1',
          type: 'Normal',
          reason: 'Made',
          action: 'Make',
          note: 'made it',
          regarding: { apiVersion: 'demo.io/v1', kind: 'Thing', name: 'a', namespace: 'n', uid: 'uid-a' },
        },
      },
    ]);
    expect(created[0]?.name).toMatch(/^a\.[0-9a-f]{16}$/);
  });

  it('writes of what has no namespace into default', async () => {
    const { regarding } = about('a');
    recorder.record(about('a', { regarding: { ...regarding, metadata: { name: 'a' } } }));
    await turn();
    expect(created[0]?.namespace).toBe('default');
  });

  it('counts what happens again in one event: at once the second time, then twice a minute at the most', async () => {
    recorder.record(about('a'));
    await turn();
    recorder.record(about('a', { note: 'again' }));
    await turn();
    for (let time = 0; time < 10; time++) recorder.record(about('a'));
    await turn();
    expect([created.length, countsOf(patched)]).toEqual([1, [2]]);
    clock.advance(30_000);
    await turn();
    expect(countsOf(patched)).toEqual([2, 12]);
    expect(new Set(patched.map(({ name }) => name))).toEqual(new Set([created[0]?.name]));
  });

  it('begins another event when the last occurrence is more than six minutes ago', async () => {
    recorder.record(about('a'));
    await turn();
    clock.advance(6 * 60_000);
    recorder.record(about('a'));
    await turn();
    expect([created.length, new Set(created.map(({ name }) => name)).size, patched.length]).toEqual([2, 2, 0]);
  });

  it('keeps apart what differs in anything but the note', async () => {
    recorder.record(about('a'));
    recorder.record(about('a', { type: 'Warning' }));
    recorder.record(about('a', { reason: 'Else' }));
    recorder.record(about('b'));
    recorder.record(about('a', { related: about('c').regarding }));
    await turn(20);
    expect(created).toHaveLength(5);
  });

  it('takes only so many events of one object, and drops none of another', async () => {
    for (let time = 0; time < 40; time++) recorder.record(about('noisy', { reason: `R${time}` }));
    recorder.record(about('quiet'));
    await turn(100);
    expect([created.length, dropped.get('rate')]).toEqual([26, 15]);
    clock.advance(600_000);
    for (let time = 0; time < 5; time++) recorder.record(about('noisy', { reason: `S${time}` }));
    await turn(20);
    expect(created).toHaveLength(28);
  });

  it('holds a bounded number of events that cannot be written, and counts what it drops', async () => {
    failWith = () => new Error('unreachable');
    for (let object = 0; object < 1_500; object++) recorder.record(about(`o${object}`));
    expect(dropped.get('full')).toBe(500);
    failWith = undefined;
    await turn(10);
    for (let round = 0; round < 3; round++) {
      clock.advance(2_000);
      await turn(1_500);
    }
    expect(created.length).toBe(1_000);
  });

  it.each<[string, unknown, number, number]>([
    ['tries again what failed on the way', new Error('reset'), 2, 1],
    ['tries again what the server could not do just then', new ApiError('ServiceUnavailable', 'no'), 2, 1],
    ['gives up what the server refuses', new ApiError('Forbidden', 'no'), 1, 0],
    ['gives up after three tries', new Error('reset'), 3, 0],
  ])('%s', async (_name, failure, times, writes) => {
    let left = times;
    failWith = () => (left-- > 0 ? failure : undefined);
    recorder.record(about('a'));
    for (let round = 0; round < 4; round++) {
      await turn();
      clock.advance(2_000);
    }
    expect([created.length, dropped.get('failed') ?? 0]).toEqual([writes, 1 - writes]);
  });

  it('takes an event that exists for its own, whose answer it did not get', async () => {
    let left = 1;
    failWith = () => (left-- > 0 ? new ApiError('AlreadyExists', 'exists') : undefined);
    recorder.record(about('a'));
    await turn();
    recorder.record(about('a'));
    await turn();
    expect(countsOf(patched)).toEqual([2]);
  });

  it('writes what is left when it stops, and drops what comes later', async () => {
    recorder.record(about('a'));
    recorder.record(about('b'));
    await recorder[Symbol.asyncDispose]();
    recorder.record(about('c'));
    expect([created.length, dropped.get('stopped')]).toEqual([2, 1]);
    expect(clock.timers).toBe(0);
  });

  it('does not wait for ever when it stops', async () => {
    failWith = () => new Error('unreachable');
    recorder.record(about('a'));
    await turn();
    await recorder[Symbol.asyncDispose]();
    expect(created).toEqual([]);
    expect((dropped.get('stopped') ?? 0) + (dropped.get('failed') ?? 0)).toBe(1);
  });

  it('cuts a note at 1,024 bytes, between characters', async () => {
    recorder.record(about('a', { note: 'ü'.repeat(1_000) }));
    await turn();
    const said = own(created[0]?.body ?? {}, 'note');
    const note = typeof said === 'string' ? said : '';
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(note).toMatch(/^ü+\.\.\.$/);
  });
});
