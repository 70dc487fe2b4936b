import type {
  ElectionEffect,
  ElectionEvent,
  ElectionEventName,
  ElectionSettings,
  ElectionState,
  ElectionStateName,
  ElectionStep,
} from './election-state.ts';
import type { Lease, LeaseRecord } from './lease.ts';

/** What a transition is told beside state and event. */
interface Moment {
  readonly settings: ElectionSettings;
  /** By a clock that only runs forward. */
  readonly now: number;
}

type Transition<E extends ElectionEventName> = (
  state: ElectionState,
  event: ElectionEvent<E>['of'],
  moment: Moment,
) => ElectionStep;
type Row = { readonly [E in ElectionEventName]: Transition<E> };

const stay = (state: ElectionState): ElectionStep => ({ state, effects: [] });
const end = (state: ElectionState): ElectionStep => ({
  state: { ...state, name: 'over' },
  effects: [{ kind: 'hangUp' }, { kind: 'end' }],
});
const waitAsCandidate = (state: ElectionState): ElectionStep => ({
  state: { ...state, name: 'waiting' },
  effects: [{ kind: 'wait', hasJitter: true }],
});
const waitAsLeader = (state: ElectionState): ElectionStep => ({
  state: { ...state, name: 'leading' },
  effects: [{ kind: 'wait', hasJitter: false }],
});

const nothing: Row = {
  tick: stay,
  read: stay,
  written: stay,
  conflicted: stay,
  failed: stay,
  deadline: stay,
  leave: end,
};

/** While the lease is held: the rows differ in what the request under way brings. */
const holding: Row = { ...nothing, leave: giveUp };

const table: Readonly<Record<ElectionStateName, Row>> = {
  waiting: { ...nothing, tick: (state) => ({ state: { ...state, name: 'reading' }, effects: [{ kind: 'read' }] }) },
  reading: { ...nothing, read: judge, failed: waitAsCandidate },
  taking: { ...nothing, written: lead, conflicted: waitAsCandidate, failed: waitAsCandidate, leave: leaveUnsure },
  leading: { ...holding, tick: renew },
  renewing: { ...holding, written: lead, conflicted: reread, failed: waitAsLeader },
  rereading: { ...holding, read: judgeOwn, failed: waitAsLeader },
  leaving: { ...nothing, written: end, failed: end, conflicted: rereadToLeave, read: leaveOwn },
  over: { ...nothing, leave: stay },
};

const HOLDING: ReadonlySet<ElectionStateName> = new Set(['leading', 'renewing', 'rereading']);

/**
 * What follows from an event. Pure. A leader whose time is over has lost the lease whatever the event is, an answer that says
 * otherwise included: it came too late to be relied on.
 */
export function electionStep<E extends ElectionEventName>(
  state: ElectionState,
  event: ElectionEvent<E>,
  moment: Moment,
): ElectionStep {
  if (HOLDING.has(state.name) && moment.now >= state.until) return lose(state);
  return table[state.name][event.kind](state, event.of, moment);
}

function lose(state: ElectionState): ElectionStep {
  return { state: { ...state, name: 'over' }, effects: [{ kind: 'lose' }, { kind: 'hangUp' }, { kind: 'end' }] };
}

/** The lease as it was read: free, expired or still held. Ages are told by the own clock, from when a state was first seen. */
function judge(state: ElectionState, { lease }: ElectionEvent<'read'>['of'], moment: Moment): ElectionStep {
  const { now, settings } = moment;
  const seen = see(state, lease, now);
  if (lease === undefined) return write({ ...seen, name: 'taking' }, undefined, moment);
  const { holder, durationSeconds } = lease.record;
  const isFree = holder === '' || holder === settings.identity;
  if (isFree || now >= seen.seenAt + durationSeconds * 1_000) return write({ ...seen, name: 'taking' }, lease, moment);
  return waitAsCandidate(seen);
}

function see(state: ElectionState, lease: Lease | undefined, now: number): ElectionState {
  const isKnown = state.lease?.resourceVersion === lease?.resourceVersion;
  return { ...state, lease, seenAt: isKnown ? state.seenAt : now };
}

/** The term counts from when it was asked for: a candidate cannot have seen the new state of the lease any earlier. */
function lead(
  state: ElectionState,
  { lease }: ElectionEvent<'written'>['of'],
  { settings, now }: Moment,
): ElectionStep {
  const until = state.askedAt + settings.renewDeadlineMs;
  const leading: ElectionState = { ...state, name: 'leading', lease, seenAt: now, until };
  // an answer to a first write that came so late starts no term
  if (now >= until) return waitAsCandidate(leading);
  return {
    state: leading,
    effects: [
      { kind: 'lead', until },
      { kind: 'wait', hasJitter: false },
    ],
  };
}

function renew(state: ElectionState, _event: unknown, moment: Moment): ElectionStep {
  return write({ ...state, name: 'renewing' }, state.lease, moment);
}

function reread(state: ElectionState): ElectionStep {
  return { state: { ...state, name: 'rereading' }, effects: [{ kind: 'read' }] };
}

/** Another's name in the lease ends the term at once; our own, or no lease at all, is written again. */
function judgeOwn(state: ElectionState, { lease }: ElectionEvent<'read'>['of'], moment: Moment): ElectionStep {
  const seen = see(state, lease, moment.now);
  if (lease !== undefined && lease.record.holder !== moment.settings.identity) return lose(seen);
  return write({ ...seen, name: 'renewing' }, lease, moment);
}

function giveUp(state: ElectionState, _event: unknown, { now }: Moment): ElectionStep {
  const leaving: ElectionState = { ...state, name: 'leaving' };
  return { state: leaving, effects: [{ kind: 'hangUp' }, ...release(state.lease, now)] };
}

/** What was being written may have been: a lease that bears our name is given back. */
function leaveUnsure(state: ElectionState): ElectionStep {
  return { state: { ...state, name: 'leaving' }, effects: [{ kind: 'hangUp' }, { kind: 'read' }] };
}

function release(lease: Lease | undefined, now: number): readonly ElectionEffect[] {
  if (lease === undefined) return [{ kind: 'end' }];
  const { transitions } = lease.record;
  const record = { holder: '', durationSeconds: 1, acquiredAt: now, renewedAt: now, transitions };
  return [{ kind: 'replace', lease, record }];
}

/** A renewal that was broken off may have been written all the same. */
function rereadToLeave(state: ElectionState): ElectionStep {
  return { state, effects: [{ kind: 'read' }] };
}

function leaveOwn(
  state: ElectionState,
  { lease }: ElectionEvent<'read'>['of'],
  { settings, now }: Moment,
): ElectionStep {
  if (lease?.record.holder !== settings.identity) return end(state);
  return { state: { ...state, lease }, effects: release(lease, now) };
}

function write(state: ElectionState, lease: Lease | undefined, { settings, now }: Moment): ElectionStep {
  const next: ElectionState = { ...state, askedAt: now };
  const record = recordOf(lease?.record, settings, now);
  if (lease === undefined) return { state: next, effects: [{ kind: 'create', record }] };
  return { state: next, effects: [{ kind: 'replace', lease, record }] };
}

function recordOf(before: LeaseRecord | undefined, settings: ElectionSettings, now: number): LeaseRecord {
  const isOwn = before?.holder === settings.identity;
  return {
    holder: settings.identity,
    durationSeconds: settings.leaseDurationMs / 1_000,
    acquiredAt: isOwn ? before.acquiredAt : now,
    renewedAt: now,
    transitions: before === undefined ? 0 : before.transitions + (isOwn ? 0 : 1),
  };
}
