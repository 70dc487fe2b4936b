import { Fault, noSuchOverload } from '../values/fault.ts';
import { MapBuilder } from '../values/map.ts';
import { ArrayList, MapValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { charge } from './frame.ts';
import type { Code, Frame } from './frame.ts';
import { loopCode } from './loop.ts';
import type { Gathering, LoopPlaces } from './loop.ts';

/** A loop's compiled parts and where its variables live. */
export interface FoldCode extends LoopPlaces {
  readonly init: Code;
  readonly condition: Code;
  readonly step: Code;
  readonly result: Code;
  readonly accu: number;
}

/** What a loop that only tests or collects needs: no accumulator that expressions can see. */
export interface ScanCode extends LoopPlaces {
  readonly predicate: Code | undefined;
  readonly transform: readonly Code[];
}

/** Any loop, step by step. */
export function foldCode(fold: FoldCode): Code {
  const begin = (frame: Frame): Gathering => {
    const { locals } = frame;
    locals[fold.accu] = fold.init(frame);
    return {
      visit: () => {
        if (fold.condition(frame) === false) return true;
        locals[fold.accu] = attempt(fold.step, frame);
        return false;
      },
      finish: () => fold.result(frame),
    };
  };
  return loopCode({ ...fold, cost: 0, begin });
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
  const begin = (frame: Frame): Gathering => {
    let fault: Fault | undefined;
    let decided = false;
    return {
      visit: () => {
        charge(frame, testCost);
        if (decided) return true;
        charge(frame, 1);
        const found = predicate === undefined ? true : attempt(predicate, frame);
        if (found === decisive) decided = true;
        else if (found instanceof Fault) fault ??= found;
        else if (typeof found !== 'boolean') fault ??= noSuchOverload();
        return false;
      },
      finish: () => {
        charge(frame, 1);
        if (decided) return decisive;
        if (fault !== undefined) throw fault;
        return !decisive;
      },
    };
  };
  return loopCode({ ...scan, cost: 0, begin });
}

/** exists_one: a fault of any item is a fault of the whole. */
export function existsOneCode(scan: ScanCode): Code {
  const begin = (frame: Frame): Gathering => {
    let count = 0;
    return {
      visit: () => {
        const found = scan.predicate === undefined ? true : scan.predicate(frame);
        if (typeof found !== 'boolean') throw noSuchOverload();
        charge(frame, found ? 2 : 1);
        if (found) count += 1;
        return false;
      },
      finish: () => {
        charge(frame, 2);
        return count === 1;
      },
    };
  };
  return loopCode({ ...scan, cost: 0, begin });
}

/** map, filter and transformList: items are appended in place instead of building a list for each. */
export function collectCode(scan: ScanCode): Code {
  const [transform] = scan.transform;
  const begin = (frame: Frame): Gathering => {
    const items: Value[] = [];
    return {
      visit: () => {
        if (wanted(scan, frame)) {
          charge(frame, 12);
          items.push(transform === undefined ? null : transform(frame));
        }
        return false;
      },
      finish: () => {
        charge(frame, 1);
        return new ArrayList(items);
      },
    };
  };
  return loopCode({ ...scan, cost: 10, begin });
}

/** transformMap (key and value) and transformMapEntry (a map of entries). */
export function collectMapCode(scan: ScanCode): Code {
  const [first, second] = scan.transform;
  const begin = (frame: Frame): Gathering => {
    const builder = new MapBuilder();
    return {
      visit: () => {
        if (!wanted(scan, frame) || first === undefined) return false;
        charge(frame, 2);
        const entry = first(frame);
        if (second !== undefined) builder.add(entry, second(frame));
        else if (entry instanceof MapValue) builder.addAll(entry);
        else throw noSuchOverload();
        return false;
      },
      finish: () => {
        charge(frame, 1);
        return builder.build();
      },
    };
  };
  return loopCode({ ...scan, cost: 30, begin });
}

function wanted(scan: ScanCode, frame: Frame): boolean {
  if (scan.predicate === undefined) return true;
  const found = scan.predicate(frame);
  if (typeof found !== 'boolean') throw noSuchOverload();
  if (!found) charge(frame, 1);
  return found;
}
