import { describe, expect, it } from '@jest/globals';
import { initialElection, settingsProblem } from './election-state.ts';
import type { ElectionEvent, ElectionEventName, ElectionSettings, ElectionState } from './election-state.ts';
import type { ElectionEffect, ElectionStateName } from './election-state.ts';
import { electionStep } from './election-table.ts';
import type { Lease, LeaseRecord } from './lease.ts';

const settings: ElectionSettings = {
  identity: 'me',
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
};

function lease(holder: string, resourceVersion = '1', more: Partial<LeaseRecord> = {}): Lease {
  const record = { holder, durationSeconds: 15, acquiredAt: 5, renewedAt: 6, transitions: 3, ...more };
  return { record, resourceVersion };
}

const NOW = 1_000_000;
const holds = { lease: lease('me'), askedAt: NOW - 1_000, until: NOW + 9_000, seenAt: NOW - 900 };

function state(name: ElectionStateName): ElectionState {
  return { ...initialElection, name, ...(['waiting', 'reading', 'taking'].includes(name) ? {} : holds) };
}

const events: { readonly [E in ElectionEventName]: ElectionEvent<E> } = {
  tick: { kind: 'tick', of: undefined },
  read: { kind: 'read', of: { lease: lease('other') } },
  written: { kind: 'written', of: { lease: lease('me', '2') } },
  conflicted: { kind: 'conflicted', of: undefined },
  failed: { kind: 'failed', of: undefined },
  deadline: { kind: 'deadline', of: undefined },
  leave: { kind: 'leave', of: undefined },
};

type Expected = readonly [ElectionStateName, ...ElectionEffect['kind'][]];
const same = (name: ElectionStateName): Expected => [name];
const lost: Expected = ['over', 'lose', 'hangUp', 'end'];
const released: Expected = ['leaving', 'hangUp', 'replace'];
const ended: Expected = ['over', 'hangUp', 'end'];

const table: Record<ElectionStateName, Record<ElectionEventName, Expected>> = {
  waiting: {
    tick: ['reading', 'read'],
    read: same('waiting'),
    written: same('waiting'),
    conflicted: same('waiting'),
    failed: same('waiting'),
    deadline: same('waiting'),
    leave: ended,
  },
  reading: {
    tick: same('reading'),
    read: ['waiting', 'wait'],
    written: same('reading'),
    conflicted: same('reading'),
    failed: ['waiting', 'wait'],
    deadline: same('reading'),
    leave: ended,
  },
  taking: {
    tick: same('taking'),
    read: same('taking'),
    written: ['waiting', 'wait'],
    conflicted: ['waiting', 'wait'],
    failed: ['waiting', 'wait'],
    deadline: same('taking'),
    leave: ['leaving', 'hangUp', 'read'],
  },
  leading: {
    tick: ['renewing', 'replace'],
    read: same('leading'),
    written: same('leading'),
    conflicted: same('leading'),
    failed: same('leading'),
    deadline: same('leading'),
    leave: released,
  },
  renewing: {
    tick: same('renewing'),
    read: same('renewing'),
    written: ['leading', 'lead', 'wait'],
    conflicted: ['rereading', 'read'],
    failed: ['leading', 'wait'],
    deadline: same('renewing'),
    leave: released,
  },
  rereading: {
    tick: same('rereading'),
    read: lost,
    written: same('rereading'),
    conflicted: same('rereading'),
    failed: ['leading', 'wait'],
    deadline: same('rereading'),
    leave: released,
  },
  leaving: {
    tick: same('leaving'),
    read: ended,
    written: ended,
    conflicted: ['leaving', 'read'],
    failed: ended,
    deadline: same('leaving'),
    leave: ended,
  },
  over: {
    tick: same('over'),
    read: same('over'),
    written: same('over'),
    conflicted: same('over'),
    failed: same('over'),
    deadline: same('over'),
    leave: same('over'),
  },
};

const names = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];
const take = (from: ElectionState, event: ElectionEvent, now = NOW) => electionStep(from, event, { settings, now });

describe('the table of an election', () => {
  const cells = names(table).flatMap((from) => names(events).map((event) => ({ from, event })));
  it.each(cells)('$from, $event', ({ from, event }) => {
    const { state: after, effects } = take(state(from), events[event]);
    expect([after.name, ...effects.map(({ kind }) => kind)]).toEqual(table[from][event]);
  });

  it.each<ElectionStateName>(['leading', 'renewing', 'rereading'])(
    '%s, and the time is over: lost, whatever happens',
    (from) => {
      for (const event of names(events)) {
        const { state: after, effects } = take(state(from), events[event], NOW + 9_000);
        expect([after.name, ...effects.map(({ kind }) => kind)]).toEqual(lost);
      }
    },
  );
});

describe('a candidate', () => {
  const reading = state('reading');

  it('creates a lease that is not there', () => {
    const { state: after, effects } = take(reading, { kind: 'read', of: { lease: undefined } });
    expect(after).toMatchObject({ name: 'taking', askedAt: NOW });
    expect(effects).toEqual([
      {
        kind: 'create',
        record: { holder: 'me', durationSeconds: 15, acquiredAt: NOW, renewedAt: NOW, transitions: 0 },
      },
    ]);
  });

  it('takes one that was given back, and counts the change of holder', () => {
    const free = lease('', '9', { durationSeconds: 1 });
    const { effects } = take(reading, { kind: 'read', of: { lease: free } });
    expect(effects).toMatchObject([{ kind: 'replace', lease: free, record: { holder: 'me', transitions: 4 } }]);
  });

  it('takes one that bears its own name, of a term whose end it did not see', () => {
    const { effects } = take(reading, { kind: 'read', of: { lease: lease('me') } });
    expect(effects).toMatchObject([{ kind: 'replace', record: { acquiredAt: 5, renewedAt: NOW, transitions: 3 } }]);
  });

  it('waits until the lease did not change for its whole duration, by its own clock and never by the times in it', () => {
    const ancient = lease('other', '7', { renewedAt: 0, acquiredAt: 0 });
    const seen = take(reading, { kind: 'read', of: { lease: ancient } });
    expect(seen.state).toMatchObject({ name: 'waiting', seenAt: NOW });
    const again = { ...seen.state, name: 'reading' } as const;
    expect(take(again, { kind: 'read', of: { lease: ancient } }, NOW + 14_999).state.name).toBe('waiting');
    expect(take(again, { kind: 'read', of: { lease: ancient } }, NOW + 15_000).state.name).toBe('taking');
  });

  it('begins to wait anew when the lease was renewed', () => {
    const seen = take(reading, { kind: 'read', of: { lease: lease('other', '7') } }).state;
    const renewed = take(
      { ...seen, name: 'reading' },
      { kind: 'read', of: { lease: lease('other', '8') } },
      NOW + 20_000,
    );
    expect(renewed.state).toMatchObject({ name: 'waiting', seenAt: NOW + 20_000 });
  });

  it('goes by the duration that the holder wrote', () => {
    const patient = lease('other', '7', { durationSeconds: 60 });
    const seen = take(reading, { kind: 'read', of: { lease: patient } }).state;
    const later = take({ ...seen, name: 'reading' }, { kind: 'read', of: { lease: patient } }, NOW + 59_000);
    expect(later.state.name).toBe('waiting');
  });

  it('leads from when it asked, not from when it was answered', () => {
    const taking: ElectionState = { ...initialElection, name: 'taking', askedAt: NOW - 4_000 };
    const { state: after, effects } = take(taking, events.written);
    expect(after).toMatchObject({ name: 'leading', until: NOW + 6_000 });
    expect(effects[0]).toEqual({ kind: 'lead', until: NOW + 6_000 });
  });

  it('does not lead on an answer that took longer than a term', () => {
    const taking: ElectionState = { ...initialElection, name: 'taking', askedAt: NOW - 10_000 };
    expect(take(taking, events.written)).toMatchObject({ state: { name: 'waiting' }, effects: [{ kind: 'wait' }] });
  });
});

describe('a leader', () => {
  it('keeps the time since when it leads in the lease', () => {
    const { effects } = take(state('leading'), events.tick);
    expect(effects).toMatchObject([{ record: { holder: 'me', acquiredAt: 5, renewedAt: NOW, transitions: 3 } }]);
  });

  it('writes again after a conflict that was its own doing: an answer it did not get', () => {
    const own = lease('me', '9');
    const { state: after, effects } = take(state('rereading'), { kind: 'read', of: { lease: own } });
    expect(after.name).toBe('renewing');
    expect(effects).toMatchObject([{ kind: 'replace', lease: own }]);
  });

  it('creates the lease anew where somebody deleted it', () => {
    const { effects } = take(state('rereading'), { kind: 'read', of: { lease: undefined } });
    expect(effects).toMatchObject([{ kind: 'create', record: { holder: 'me' } }]);
  });

  it('leaves a lease behind that is free at once', () => {
    const { effects } = take(state('leading'), events.leave);
    expect(effects.at(-1)).toMatchObject({
      kind: 'replace',
      record: { holder: '', durationSeconds: 1, transitions: 3 },
    });
  });

  it('gives back what a renewal under way may have written', () => {
    const leaving = take(state('leaving'), events.conflicted);
    expect(leaving.effects).toEqual([{ kind: 'read' }]);
    const read = take(leaving.state, { kind: 'read', of: { lease: lease('me', '12') } });
    expect(read.effects).toMatchObject([{ kind: 'replace', lease: { resourceVersion: '12' }, record: { holder: '' } }]);
  });

  it('is over before any candidate can take the lease, however late answers and reads are', () => {
    // the worst case: a candidate sees the renewal the moment it is asked for
    const asked = NOW;
    const leaderUntil = asked + settings.renewDeadlineMs;
    const candidateFrom = asked + settings.leaseDurationMs;
    expect(candidateFrom - leaderUntil).toBeGreaterThan(0);
    expect(take({ ...state('renewing'), until: leaderUntil }, events.written, leaderUntil).state.name).toBe('over');
  });
});

describe('settings', () => {
  it.each<[Partial<ElectionSettings>, RegExp]>([
    [{ identity: '' }, /identity/],
    [{ retryPeriodMs: 0 }, /retryPeriod/],
    [{ retryPeriodMs: Number.NaN }, /retryPeriod/],
    [{ leaseDurationMs: 500, renewDeadlineMs: 100, retryPeriodMs: 10 }, /leaseDuration/],
    [{ leaseDurationMs: 15_500 }, /whole seconds/],
    [{ leaseDurationMs: 10_000 }, /greater than renewDeadline/],
    [{ renewDeadlineMs: 4_400 }, /greater than retryPeriod/],
  ])('that cannot keep terms apart are refused: %j', (wrong, message) => {
    expect(settingsProblem({ ...settings, ...wrong })).toMatch(message);
  });

  it('of client-go are fine', () => {
    expect(settingsProblem(settings)).toBeUndefined();
  });
});
