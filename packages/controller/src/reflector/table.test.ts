import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { failureOf, type Failure } from './failure.ts';
import { initialState, type Effect, type EventName, type ReflectorEvent } from './reflector-state.ts';
import type { Plan, ReflectorState, StateName } from './reflector-state.ts';
import { step } from './table.ts';

const unreachable = failureOf(new Error('connection refused'));
const gone = failureOf(new ApiError('Expired', 'too old'));
const refused = failureOf(new ApiError('Invalid', 'sendInitialEvents is forbidden'));

function state(name: StateName, more: Partial<ReflectorState> = {}): ReflectorState {
  return { ...initialState(true), name, revision: name === 'watching' ? '100' : '', ...more };
}

function failed(failure: Failure, continued = false): ReflectorEvent {
  return { kind: 'failed', of: { failure, continued } };
}

/** An event of every name, and what each state makes of it: where it leads, and what is done. */
const events: { readonly [E in EventName]: ReflectorEvent<E> } = {
  start: { kind: 'start', of: undefined },
  page: { kind: 'page', of: { revision: '100', next: '' } },
  change: { kind: 'change', of: { revision: '101' } },
  bookmark: { kind: 'bookmark', of: { revision: '102', endsPresent: true } },
  ended: { kind: 'ended', of: { ranMs: 300_000, events: 3 } },
  failed: { kind: 'failed', of: { failure: unreachable, continued: false } },
  silent: { kind: 'silent', of: undefined },
  elapsed: { kind: 'elapsed', of: undefined },
  stop: { kind: 'stop', of: undefined },
};

type Expected = readonly [StateName, ...Effect['kind'][]];
const same = (name: StateName): Expected => [name];
const stopped: Expected = ['stopped', 'hangUp', 'discard'];

const table: Record<StateName, Record<EventName, Expected>> = {
  idle: {
    start: ['streaming', 'hangUp', 'discard', 'stream'],
    page: same('idle'),
    change: same('idle'),
    bookmark: same('idle'),
    ended: same('idle'),
    failed: same('idle'),
    silent: same('idle'),
    elapsed: same('idle'),
    stop: stopped,
  },
  listing: {
    start: same('listing'),
    page: ['watching', 'collect', 'replace', 'synced', 'watch'],
    change: same('listing'),
    bookmark: same('listing'),
    ended: same('listing'),
    failed: ['backingOff', 'report', 'hangUp', 'discard', 'wait'],
    silent: ['backingOff', 'hangUp', 'discard', 'wait'],
    elapsed: same('listing'),
    stop: stopped,
  },
  streaming: {
    start: same('streaming'),
    page: same('streaming'),
    change: ['streaming', 'collectOne'],
    bookmark: ['watching', 'replace', 'synced'],
    ended: ['backingOff', 'hangUp', 'discard', 'wait'],
    failed: ['backingOff', 'report', 'hangUp', 'discard', 'wait'],
    silent: ['listing', 'hangUp', 'discard', 'list'],
    elapsed: same('streaming'),
    stop: stopped,
  },
  watching: {
    start: same('watching'),
    page: same('watching'),
    change: ['watching', 'tell'],
    bookmark: ['watching'],
    ended: ['watching', 'hangUp', 'discard', 'watch'],
    failed: ['backingOff', 'report', 'hangUp', 'discard', 'wait'],
    silent: ['watching', 'hangUp', 'discard', 'watch'],
    elapsed: same('watching'),
    stop: stopped,
  },
  backingOff: {
    start: same('backingOff'),
    page: same('backingOff'),
    change: same('backingOff'),
    bookmark: same('backingOff'),
    ended: same('backingOff'),
    failed: same('backingOff'),
    silent: same('backingOff'),
    elapsed: ['streaming', 'hangUp', 'discard', 'stream'],
    stop: stopped,
  },
  stopped: {
    start: same('stopped'),
    page: same('stopped'),
    change: same('stopped'),
    bookmark: same('stopped'),
    ended: same('stopped'),
    failed: same('stopped'),
    silent: same('stopped'),
    elapsed: same('stopped'),
    stop: same('stopped'),
  },
};

const names = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];

describe('the table of a reflector', () => {
  const cells = names(table).flatMap((from) => names(events).map((event) => ({ from, event })));
  it.each(cells)('$from, $event', ({ from, event }) => {
    const before = state(from, from === 'listing' ? { plan: 'pages' } : {});
    const after = step(before, events[event]);
    expect([after.state.name, ...after.effects.map(({ kind }) => kind)]).toEqual(table[from][event]);
    if (table[from][event].length === 1 && from === table[from][event][0] && event !== 'bookmark') {
      expect(after.state).toBe(before);
    }
  });
});

describe('a list', () => {
  it('goes from page to page, and counts only when it is whole', () => {
    const listing = state('listing', { plan: 'pages' });
    const first = step(listing, { kind: 'page', of: { revision: '100', next: 'token' } });
    expect(first.state).toBe(listing);
    expect(first.effects).toEqual([{ kind: 'collect' }, { kind: 'list', continue: 'token', isWhole: false }]);
    const last = step(first.state, events.page);
    expect(last.state).toMatchObject({ name: 'watching', revision: '100', isSynced: true });
    expect(last.effects.at(-1)).toEqual({ kind: 'watch', revision: '100' });
  });

  it('says only once that it is synced', () => {
    const again = step(state('listing', { plan: 'pages', isSynced: true }), events.page);
    expect(again.effects.map(({ kind }) => kind)).not.toContain('synced');
  });

  it('begins anew, at once and whole, where the server forgot the revision between pages', () => {
    const { state: after, effects } = step(state('listing', { plan: 'pages' }), failed(gone, true));
    expect(after).toMatchObject({ name: 'listing', plan: 'whole', failures: 0 });
    expect(effects.slice(1)).toEqual([
      { kind: 'hangUp' },
      { kind: 'discard' },
      { kind: 'list', continue: '', isWhole: true },
    ]);
  });

  it('backs off where even the whole is expired, and tries that again', () => {
    const { state: after } = step(state('listing', { plan: 'whole' }), failed(gone));
    expect(after).toMatchObject({ name: 'backingOff', plan: 'whole', failures: 1 });
    expect(step(after, events.elapsed).effects.at(-1)).toEqual({ kind: 'list', continue: '', isWhole: true });
  });

  it('waits at least as long as the server asks', () => {
    const busy = failureOf(new ApiError('TooManyRequests', 'busy', { details: { retryAfterSeconds: 7 } }));
    const { effects } = step(state('listing', { plan: 'pages' }), failed(busy));
    expect(effects.at(-1)).toEqual({ kind: 'wait', failures: 1, atLeastMs: 7_000 });
  });
});

describe('a stream of the present', () => {
  it('is given up for good where the server refuses it', () => {
    const { state: after, effects } = step(state('streaming'), failed(refused));
    expect(after).toMatchObject({ name: 'listing', canStream: false, failures: 0 });
    expect(effects.at(-1)).toEqual({ kind: 'list', continue: '', isWhole: false });
  });

  it.each<[string, ReflectorEvent, Plan]>([
    ['is tried again where the server asks for that', failed(gone), 'stream'],
    ['gives way to pages once where it broke off', failed(unreachable), 'pages'],
    ['gives way to pages once where it ended before the bookmark', events.ended, 'pages'],
  ])('%s', (_name, event, plan) => {
    expect(step(state('streaming'), event).state).toMatchObject({ name: 'backingOff', plan, canStream: true });
  });

  it('takes an ordinary bookmark for nothing', () => {
    const before = state('streaming');
    const ordinary = step(before, { kind: 'bookmark', of: { revision: '50', endsPresent: false } });
    expect(ordinary).toEqual({ state: before, effects: [] });
  });
});

describe('a watch', () => {
  it('moves its revision on with changes and bookmarks, and forgets failures', () => {
    const after = step(state('watching', { failures: 3 }), events.change).state;
    expect(after).toMatchObject({ revision: '101', failures: 0 });
    expect(step(after, events.bookmark).state).toMatchObject({ revision: '102' });
  });

  it('does not tell what is older than what was told', () => {
    const before = state('watching');
    expect(step(before, { kind: 'change', of: { revision: '99' } })).toEqual({ state: before, effects: [] });
    expect(step(before, { kind: 'change', of: { revision: 'opaque' } }).effects).toEqual([{ kind: 'tell' }]);
  });

  it('gets everything anew from a server that went back in time', () => {
    const { state: after } = step(state('watching'), { kind: 'bookmark', of: { revision: '7', endsPresent: false } });
    expect(after).toMatchObject({ name: 'backingOff', plan: 'stream' });
  });

  it.each<[string, ReflectorEvent, Plan, boolean]>([
    ['goes on from its revision after a cut', failed(unreachable), 'watch', true],
    ['gets everything anew where history is gone', failed(gone), 'stream', true],
    ['gets everything anew in pages from a server that cannot stream', failed(gone), 'pages', false],
    ['gets everything anew where its revision is refused', failed(refused), 'stream', true],
  ])('%s', (_name, event, plan, canStream) => {
    const { state: after } = step(state('watching', { canStream }), event);
    expect(after).toMatchObject({ name: 'backingOff', plan, failures: 1, revision: '100' });
  });

  it('backs off where it ends at once with nothing told, and only then', () => {
    const short = { kind: 'ended', of: { ranMs: 500, events: 0 } } as const;
    expect(step(state('watching', { failures: 1 }), short).state).toMatchObject({ name: 'backingOff', failures: 2 });
    const told = { kind: 'ended', of: { ranMs: 500, events: 1 } } as const;
    expect(step(state('watching', { failures: 1 }), told).state).toMatchObject({ name: 'watching', failures: 0 });
  });
});
