import type { Failure } from './failure.ts';

/** What a reflector is at. `table.ts` says what leads from where to where. */
export type StateName = 'idle' | 'listing' | 'streaming' | 'watching' | 'backingOff' | 'stopped';

/**
 * What is done next, or is being done: `stream` the present as a watch that begins with it; list it in `pages`, or as a
 * `whole` because pages took longer than the server keeps history; `watch` from the revision that was seen last.
 */
export type Plan = 'stream' | 'pages' | 'whole' | 'watch';

/** All that a reflector remembers beside the objects. A value. */
export interface ReflectorState {
  readonly name: StateName;
  readonly plan: Plan;
  /** Everything up to this resourceVersion has been told; empty before the first list is complete. */
  readonly revision: string;
  /** The present was told completely at least once. */
  readonly isSynced: boolean;
  /** In a row, without anything that shows a watch to work in between. */
  readonly failures: number;
  /** False once the server showed that it does not stream the present. */
  readonly canStream: boolean;
}

interface EventFields {
  readonly start: unknown;
  /** A page of the list; `next` is what to continue with, empty on the last one. */
  readonly page: { readonly revision: string; readonly next: string };
  /** ADDED, MODIFIED or DELETED. */
  readonly change: { readonly revision: string };
  readonly bookmark: { readonly revision: string; readonly endsPresent: boolean };
  /** The server ended the watch, having told so many events in so many milliseconds. */
  readonly ended: { readonly ranMs: number; readonly events: number };
  /** A list or watch failed; `continued` where it was a page other than the first. */
  readonly failed: { readonly failure: Failure; readonly continued: boolean };
  /** Nothing came for so long that the connection may be dead. */
  readonly silent: unknown;
  /** The wait of a back-off is over. */
  readonly elapsed: unknown;
  readonly stop: unknown;
}

/** What can happen. */
export type EventName = keyof EventFields;

/** Something that happened. */
export type ReflectorEvent<E extends EventName = EventName> = {
  [N in E]: { readonly kind: N; readonly of: EventFields[N] };
}[E];

/**
 * What is to be done about it, in order. The objects are not in here: `collect`, `collectOne` and `tell` speak of those that
 * the event at hand brought.
 */
export type Effect =
  | { readonly kind: 'list'; readonly continue: string; readonly isWhole: boolean }
  | { readonly kind: 'stream' }
  | { readonly kind: 'watch'; readonly revision: string }
  | { readonly kind: 'wait'; readonly failures: number; readonly atLeastMs: number }
  /** Break off the list or watch under way. */
  | { readonly kind: 'hangUp' }
  /** Keep a page's objects for the replacement; a change of the present that is being streamed. */
  | { readonly kind: 'collect' }
  | { readonly kind: 'collectOne' }
  /** Drop what was collected. */
  | { readonly kind: 'discard' }
  /** What was collected is the present: tell how it differs from what was told. */
  | { readonly kind: 'replace' }
  | { readonly kind: 'tell' }
  /** The present was told for the first time. */
  | { readonly kind: 'synced' }
  | { readonly kind: 'report'; readonly failure: Failure };

/** What follows from an event. */
export interface Step {
  readonly state: ReflectorState;
  readonly effects: readonly Effect[];
}

/** Where a reflector begins. */
export function initialState(canStream: boolean): ReflectorState {
  return { name: 'idle', plan: planOf(canStream), revision: '', isSynced: false, failures: 0, canStream };
}

/** How the present is got. */
export function planOf(canStream: boolean): Plan {
  return canStream ? 'stream' : 'pages';
}
