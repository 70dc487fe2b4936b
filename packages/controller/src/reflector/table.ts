import { compareRevisions } from './compare-revisions.ts';
import type { EventName, Plan, ReflectorEvent, ReflectorState, StateName, Step } from './reflector-state.ts';
import { planOf } from './reflector-state.ts';

/** A watch that ends sooner than this without an event is counted as failed (k8s.io/client-go VeryShortWatchError). */
const SHORT_WATCH_MS = 1_000;

type Transition<E extends EventName> = (state: ReflectorState, event: ReflectorEvent<E>['of']) => Step;
type Row = { readonly [E in EventName]: Transition<E> };

const stay = (state: ReflectorState): Step => ({ state, effects: [] });
const resume = (state: ReflectorState): Step => begin(state, state.plan);

const stop = (state: ReflectorState): Step => ({
  state: { ...state, name: 'stopped' },
  effects: [{ kind: 'hangUp' }, { kind: 'discard' }],
});

/** What does not happen in a state, or is an echo of a call that was broken off: nothing follows. */
const nothing: Row = {
  start: stay,
  page: stay,
  change: stay,
  bookmark: stay,
  ended: stay,
  failed: stay,
  silent: stay,
  elapsed: stay,
  stop,
};

const table: Readonly<Record<StateName, Row>> = {
  idle: { ...nothing, start: resume },
  listing: { ...nothing, page: takePage, failed: failList, silent: (state) => backOff(state, state.plan) },
  streaming: {
    ...nothing,
    change: (state) => ({ state, effects: [{ kind: 'collectOne' }] }),
    bookmark: takeInitialBookmark,
    ended: (state) => backOff(state, 'pages'),
    failed: failStream,
    // a server that knows nothing of it ignores the parameter and never sends the bookmark
    silent: (state) => begin({ ...state, canStream: false }, 'pages'),
  },
  watching: {
    ...nothing,
    change: takeChange,
    bookmark: takeBookmark,
    ended: endWatch,
    failed: failWatch,
    silent: (state) => begin(state, 'watch'),
  },
  backingOff: { ...nothing, elapsed: resume },
  stopped: { ...nothing, stop: stay },
};

/** What follows from an event in a state. Pure; what no row speaks of changes nothing. */
export function step<E extends EventName>(state: ReflectorState, event: ReflectorEvent<E>): Step {
  return table[state.name][event.kind](state, event.of);
}

/** Breaks off what is under way and does something else. */
function begin(state: ReflectorState, plan: Plan): Step {
  const effects = [{ kind: 'hangUp' }, { kind: 'discard' }] as const;
  switch (plan) {
    case 'stream':
      return { state: { ...state, name: 'streaming', plan }, effects: [...effects, { kind: 'stream' }] };
    case 'watch':
      return {
        state: { ...state, name: 'watching', plan },
        effects: [...effects, { kind: 'watch', revision: state.revision }],
      };
    case 'pages':
    case 'whole': {
      const list = { kind: 'list', continue: '', isWhole: plan === 'whole' } as const;
      return { state: { ...state, name: 'listing', plan }, effects: [...effects, list] };
    }
    default:
      return plan satisfies never;
  }
}

function backOff(state: ReflectorState, plan: Plan, atLeastMs = 0): Step {
  const failures = state.failures + 1;
  return {
    state: { ...state, name: 'backingOff', plan, failures },
    effects: [{ kind: 'hangUp' }, { kind: 'discard' }, { kind: 'wait', failures, atLeastMs }],
  };
}

function reported(event: ReflectorEvent<'failed'>['of'], next: Step): Step {
  return { state: next.state, effects: [{ kind: 'report', failure: event.failure }, ...next.effects] };
}

function takePage(state: ReflectorState, { revision, next }: ReflectorEvent<'page'>['of']): Step {
  if (next !== '') {
    const list = { kind: 'list', continue: next, isWhole: false } as const;
    return { state, effects: [{ kind: 'collect' }, list] };
  }
  const watching = { kind: 'watch', revision } as const;
  return {
    state: { ...state, name: 'watching', plan: 'watch', revision, isSynced: true },
    effects: [{ kind: 'collect' }, { kind: 'replace' }, ...firstSync(state), watching],
  };
}

function firstSync({ isSynced }: ReflectorState): Step['effects'] {
  return isSynced ? [] : [{ kind: 'synced' }];
}

/**
 * The token that comes with a 410 is not taken: it continues at a newer revision, and of the pages before nobody would tell
 * what changed since. The whole list in one answer is at one revision however long it takes.
 */
function failList(state: ReflectorState, event: ReflectorEvent<'failed'>['of']): Step {
  const { failure, continued } = event;
  if (failure.kind === 'expired' && continued) return reported(event, begin(state, 'whole'));
  return reported(event, backOff(state, state.plan, failure.retryAfterMs));
}

function takeInitialBookmark(state: ReflectorState, event: ReflectorEvent<'bookmark'>['of']): Step {
  if (!event.endsPresent) return stay(state);
  return {
    state: { ...state, name: 'watching', plan: 'watch', revision: event.revision, isSynced: true, failures: 0 },
    effects: [{ kind: 'replace' }, ...firstSync(state)],
  };
}

function failStream(state: ReflectorState, event: ReflectorEvent<'failed'>['of']): Step {
  const { failure } = event;
  if (failure.kind === 'refused') return reported(event, begin({ ...state, canStream: false }, 'pages'));
  const plan = failure.kind === 'expired' ? 'stream' : 'pages';
  return reported(event, backOff(state, plan, failure.retryAfterMs));
}

/** Older than what was told already: an answer of a server that is behind. */
function takeChange(state: ReflectorState, { revision }: ReflectorEvent<'change'>['of']): Step {
  const order = compareRevisions(revision, state.revision);
  if (order !== undefined && order < 0) return stay(state);
  return { state: { ...state, revision, failures: 0 }, effects: [{ kind: 'tell' }] };
}

/** A bookmark below what was told says that the server went back in time: nothing that we hold is sure any more. */
function takeBookmark(state: ReflectorState, { revision }: ReflectorEvent<'bookmark'>['of']): Step {
  const order = compareRevisions(revision, state.revision);
  if (order !== undefined && order < 0) return backOff(state, planOf(state.canStream));
  return { state: { ...state, revision, failures: 0 }, effects: [] };
}

function endWatch(state: ReflectorState, { ranMs, events }: ReflectorEvent<'ended'>['of']): Step {
  if (events === 0 && ranMs < SHORT_WATCH_MS) return backOff(state, 'watch');
  return begin({ ...state, failures: 0 }, 'watch');
}

/** What the server may have forgotten or does not understand is got anew; after anything else it goes on where it was. */
function failWatch(state: ReflectorState, event: ReflectorEvent<'failed'>['of']): Step {
  const { failure } = event;
  const plan = failure.kind === 'failed' ? 'watch' : planOf(state.canStream);
  return reported(event, backOff(state, plan, failure.retryAfterMs));
}
