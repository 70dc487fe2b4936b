import { Fault } from '../values/fault.ts';
import { ListValue } from '../values/value.ts';
import type { MapValue, Value } from '../values/value.ts';
import { charge } from './frame.ts';
import type { Frame } from './frame.ts';
import { enterEntry, enterItem, rangeOf } from './loop.ts';
import type { Gathering, Loop } from './loop.ts';

/** Thrown to leave a run that goes on later. Nothing catches it but who started the run. */
export class Paused extends Error {
  constructor() {
    super('the run goes on later');
  }
}

/** How often the clock is looked at: after so many rounds of loops, or so much cost. */
const ROUNDS_PER_LOOK = 16;
const COST_PER_LOOK = 1000;

/** The loops that a stretch of code without pauses of its own came to, in the order in which it came to them. */
interface Stretch {
  readonly entries: Entry[];
  at: number;
}

/** How far a loop got. */
interface Entry {
  /** The cost of the run when what is under way was begun. */
  cost: number;
  /** Loops inside what is under way: the range, a round, or the end. */
  inner: Stretch;
  range: ListValue | MapValue | undefined;
  /** The keys of a map. */
  keys: readonly Value[];
  gathering: Gathering | undefined;
  round: number;
  isAtEnd: boolean;
  done: { readonly value: Value | Fault } | undefined;
}

/**
 * What a run in pieces remembers. A pause leaves all code that is under way; going on runs it again from the start, where a
 * loop that ended has its result at once, and one that did not goes on with the round that was under way. So only loops know
 * of pauses. That the second time goes as the first did, holds as expressions have no effects.
 */
export class Journal {
  #stretch: Stretch = { entries: [], at: 0 };
  #isOver: () => boolean = () => false;
  #began = 0;
  /** When something new was done first. */
  #resumed: number | undefined;
  #rounds = 0;
  #costAtLook = 0;

  /** Begins the next piece. */
  open(isOver: () => boolean): void {
    this.#stretch.at = 0;
    this.#isOver = isOver;
    this.#began = performance.now();
    this.#resumed = undefined;
  }

  /** Runs a loop, or what is left of it. Throws Paused. */
  run(frame: Frame, loop: Loop): Value {
    const stretch = this.#stretch;
    const entry = (stretch.entries[stretch.at] ??= newEntry(frame.cost));
    stretch.at += 1;
    if (entry.done === undefined) this.#finish(frame, loop, entry);
    else frame.cost = entry.cost;
    const value = entry.done?.value ?? null;
    if (value instanceof Fault) throw value;
    return value;
  }

  #finish(frame: Frame, loop: Loop, entry: Entry): void {
    const outer = this.#stretch;
    try {
      entry.done = { value: this.#advance(frame, loop, entry) };
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      entry.done = { value: fault };
    } finally {
      this.#stretch = outer;
    }
    entry.cost = frame.cost;
    entry.inner = newStretch();
    entry.gathering = undefined;
    entry.range = undefined;
  }

  #advance(frame: Frame, loop: Loop, entry: Entry): Value {
    const gathering = (entry.gathering ??= this.#begin(frame, loop, entry));
    const { range, keys } = entry;
    const rounds = range instanceof ListValue ? range.size : keys.length;
    while (!entry.isAtEnd && entry.round < rounds) {
      this.#enter(frame, entry);
      if (range instanceof ListValue) enterItem(frame, loop, range, entry.round);
      else if (range !== undefined) enterEntry(frame, loop, range, keys[entry.round] ?? null);
      if (gathering.visit()) entry.isAtEnd = true;
      this.#pass(frame, entry);
      entry.round += 1;
      this.#look(frame);
    }
    entry.isAtEnd = true;
    this.#enter(frame, entry);
    return gathering.finish();
  }

  #begin(frame: Frame, loop: Loop, entry: Entry): Gathering {
    this.#enter(frame, entry);
    if (loop.cost > 0) charge(frame, loop.cost);
    const range = rangeOf(loop.range(frame));
    const gathering = loop.begin(frame);
    entry.range = range;
    if (!(range instanceof ListValue)) entry.keys = [...range.keys()];
    this.#pass(frame, entry);
    return gathering;
  }

  /** What follows begins as it began before, its loops where they were left. */
  #enter(frame: Frame, { cost, inner }: Entry): void {
    frame.cost = cost;
    inner.at = 0;
    this.#stretch = inner;
  }

  /** What was under way is done. */
  #pass(frame: Frame, entry: Entry): void {
    entry.cost = frame.cost;
    if (entry.inner.entries.length > 0) entry.inner = newStretch();
  }

  /** Pauses where it is time to; not before as much new was done as had to be done again, else the end would never come. */
  #look(frame: Frame): void {
    this.#rounds += 1;
    if (this.#rounds % ROUNDS_PER_LOOK !== 0 && Math.abs(frame.cost - this.#costAtLook) < COST_PER_LOOK) return;
    this.#costAtLook = frame.cost;
    const now = performance.now();
    this.#resumed ??= now;
    if (now - this.#resumed >= this.#resumed - this.#began && this.#isOver()) throw new Paused();
  }
}

function newStretch(): Stretch {
  return { entries: [], at: 0 };
}

function newEntry(cost: number): Entry {
  return {
    cost,
    inner: newStretch(),
    range: undefined,
    keys: [],
    gathering: undefined,
    round: 0,
    isAtEnd: false,
    done: undefined,
  };
}
