import { Fault, noSuchOverload } from '../values/fault.ts';
import { Optional } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { charge } from './frame.ts';
import type { Code } from './frame.ts';

/** A type that is named. */
export function constant(value: Value): Code {
  return (frame) => {
    charge(frame, 1);
    return value;
  };
}

/** Reads a loop variable; a fault that it holds is thrown. */
export function localCode(slot: number): Code {
  return (frame) => {
    charge(frame, 1);
    const value = frame.locals[slot];
    if (value instanceof Fault) throw value;
    return value ?? null;
  };
}

/** A variable's value, or the fault that it has none. */
export function bound(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Fault(`no such attribute(s): ${name}`);
  return value;
}

/** `!a`. */
export function notCode(operand: Code): Code {
  return (frame) => {
    const value = operand(frame);
    charge(frame, 1);
    if (typeof value !== 'boolean') throw noSuchOverload();
    return !value;
  };
}

/** What keeps a loop going: anything but false, faults included. */
export function notStrictlyFalseCode(operand: Code): Code {
  return (frame) => {
    charge(frame, 1);
    try {
      return operand(frame) !== false;
    } catch (fault) {
      if (fault instanceof Fault) return true;
      throw fault;
    }
  };
}

/** An index or an optional selection. */
export function accessCode(value: Code, key: Code, access: (value: Value, key: Value) => Value): Code {
  return (frame) => {
    const from = value(frame);
    const at = key(frame);
    charge(frame, 1);
    return access(from, at);
  };
}

/** The right side is computed only where the left is absent. */
export function orElseCode(left: Code, right: Code, take: (found: Optional) => Value): Code {
  return (frame) => {
    const found = left(frame);
    charge(frame, 1);
    if (!(found instanceof Optional)) throw noSuchOverload();
    return found.value === undefined ? right(frame) : take(found);
  };
}

/** What an entry marked `?` adds; undefined: nothing. */
export function unwrap(value: Value): Value | undefined {
  if (!(value instanceof Optional)) throw noSuchOverload();
  return value.value;
}
