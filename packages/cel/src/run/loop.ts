import { noSuchOverload } from '../values/fault.ts';
import { ListValue, MapValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { charge } from './frame.ts';
import type { Code, Frame } from './frame.ts';

/** One run of a loop: what it has gathered is its own. */
export interface Gathering {
  /** Called once for each item with the loop variables set; true: enough. Changes nothing before what it computes is there. */
  readonly visit: () => boolean;
  readonly finish: () => Value;
}

/** Where a loop finds its items and where its variables live. */
export interface LoopPlaces {
  readonly range: Code;
  readonly key: number;
  /** -1 where there is one variable only. */
  readonly value: number;
}

/** A loop. */
export interface Loop extends LoopPlaces {
  /** What the loop costs by itself, before anything of it is computed. */
  readonly cost: number;
  /** Called once the range is known. */
  readonly begin: (frame: Frame) => Gathering;
}

/** What a loop goes over; throws Fault where it is neither a list nor a map. */
export function rangeOf(value: Value): ListValue | MapValue {
  if (value instanceof ListValue || value instanceof MapValue) return value;
  throw noSuchOverload();
}

/** Sets the variables of a loop to an item of a list. */
export function enterItem(frame: Frame, { key, value }: LoopPlaces, list: ListValue, at: number): void {
  const { locals } = frame;
  if (value < 0) locals[key] = list.at(at);
  else {
    locals[key] = at;
    locals[value] = list.at(at);
  }
}

/** Sets the variables of a loop to an entry of a map. */
export function enterEntry(frame: Frame, { key, value }: LoopPlaces, map: MapValue, name: Value): void {
  frame.locals[key] = name;
  if (value >= 0) frame.locals[value] = map.find(name) ?? null;
}

/** A loop that is run in one go, or as the run's journal has it. */
export function loopCode(loop: Loop): Code {
  return (frame) => (frame.journal === undefined ? runStraight(frame, loop) : frame.journal.run(frame, loop));
}

function runStraight(frame: Frame, loop: Loop): Value {
  if (loop.cost > 0) charge(frame, loop.cost);
  const range = rangeOf(loop.range(frame));
  const { visit, finish } = loop.begin(frame);
  if (range instanceof ListValue) {
    for (let at = 0; at < range.size; at += 1) {
      enterItem(frame, loop, range, at);
      if (visit()) break;
    }
    return finish();
  }
  for (const name of range.keys()) {
    enterEntry(frame, loop, range, name);
    if (visit()) break;
  }
  return finish();
}
