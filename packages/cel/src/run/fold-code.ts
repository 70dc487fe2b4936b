import { Fault, noSuchOverload } from '../values/fault.ts';
import { MapBuilder } from '../values/map.ts';
import { ArrayList, ListValue, MapValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { charge } from './frame.ts';
import type { Code, Frame } from './frame.ts';

/** A loop's compiled parts and where its variables live. */
export interface FoldCode {
  readonly range: Code;
  readonly init: Code;
  readonly condition: Code;
  readonly step: Code;
  readonly result: Code;
  readonly accu: number;
  readonly key: number;
  /** -1 where there is one variable only. */
  readonly value: number;
}

/** What a loop that only tests or collects needs: no accumulator that expressions can see. */
export interface ScanCode {
  readonly range: Code;
  readonly key: number;
  readonly value: number;
  readonly predicate: Code | undefined;
  readonly transform: readonly Code[];
}

/** Calls once for each item with the loop variables set, until told to stop by true. */
function each(frame: Frame, at: { range: Code; key: number; value: number }, visit: () => boolean): void {
  const range = at.range(frame);
  const { locals } = frame;
  if (range instanceof ListValue) {
    for (let i = 0; i < range.size; i += 1) {
      if (at.value < 0) locals[at.key] = range.at(i);
      else {
        locals[at.key] = i;
        locals[at.value] = range.at(i);
      }
      if (visit()) return;
    }
    return;
  }
  if (!(range instanceof MapValue)) throw noSuchOverload();
  for (const key of range.keys()) {
    locals[at.key] = key;
    if (at.value >= 0) locals[at.value] = range.find(key) ?? null;
    if (visit()) return;
  }
}

/** Any loop, step by step. */
export function foldCode(fold: FoldCode): Code {
  return (frame) => {
    const { locals } = frame;
    let started = false;
    const begin = (): void => {
      locals[fold.accu] = fold.init(frame);
      started = true;
    };
    each(frame, fold, () => {
      if (!started) begin();
      if (fold.condition(frame) === false) return true;
      locals[fold.accu] = attempt(fold.step, frame);
      return false;
    });
    if (!started) begin();
    return fold.result(frame);
  };
}

function attempt(code: Code, frame: Frame): Value | Fault {
  try {
    return code(frame);
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

/** all (decisive: false) and exists (decisive: true), with the cost of the loop that they stand for. */
export function quantifierCode(scan: ScanCode, decisive: boolean): Code {
  const { predicate } = scan;
  const testCost = decisive ? 3 : 2;
  return (frame) => {
    let fault: Fault | undefined;
    let decided = false;
    each(frame, scan, () => {
      charge(frame, testCost);
      if (decided) return true;
      charge(frame, 1);
      const found = predicate === undefined ? true : attempt(predicate, frame);
      if (found === decisive) decided = true;
      else if (found instanceof Fault) fault ??= found;
      else if (typeof found !== 'boolean') fault ??= noSuchOverload();
      return false;
    });
    charge(frame, 1);
    if (decided) return decisive;
    if (fault !== undefined) throw fault;
    return !decisive;
  };
}

/** exists_one: a fault of any item is a fault of the whole. */
export function existsOneCode(scan: ScanCode): Code {
  return (frame) => {
    let count = 0;
    each(frame, scan, () => {
      const found = scan.predicate === undefined ? true : scan.predicate(frame);
      if (typeof found !== 'boolean') throw noSuchOverload();
      if (found) count += 1;
      charge(frame, found ? 2 : 1);
      return false;
    });
    charge(frame, 2);
    return count === 1;
  };
}

/** map, filter and transformList: items are appended in place instead of building a list for each. */
export function collectCode(scan: ScanCode): Code {
  const [transform] = scan.transform;
  return (frame) => {
    const items: Value[] = [];
    charge(frame, 10);
    each(frame, scan, () => {
      if (wanted(scan, frame)) {
        charge(frame, 12);
        items.push(transform === undefined ? null : transform(frame));
      }
      return false;
    });
    charge(frame, 1);
    return new ArrayList(items);
  };
}

/** transformMap (key and value) and transformMapEntry (a map of entries). */
export function collectMapCode(scan: ScanCode): Code {
  const [first, second] = scan.transform;
  return (frame) => {
    const builder = new MapBuilder();
    charge(frame, 30);
    each(frame, scan, () => {
      if (wanted(scan, frame) && first !== undefined) {
        charge(frame, 2);
        const entry = first(frame);
        if (second !== undefined) builder.add(entry, second(frame));
        else if (entry instanceof MapValue) builder.addAll(entry);
        else throw noSuchOverload();
      }
      return false;
    });
    charge(frame, 1);
    return builder.build();
  };
}

function wanted(scan: ScanCode, frame: Frame): boolean {
  if (scan.predicate === undefined) return true;
  const found = scan.predicate(frame);
  if (typeof found !== 'boolean') throw noSuchOverload();
  if (!found) charge(frame, 1);
  return found;
}
