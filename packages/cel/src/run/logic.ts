import { Fault, noSuchOverload } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { Code } from './frame.ts';

/** `a && b`: false outweighs a fault of the other side. */
export function andCode(left: Code, right: Code): Code {
  return (frame) => {
    let first: Value;
    try {
      first = left(frame);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return outweighed(fault, right(frame), false);
    }
    if (first === false) return false;
    const second = right(frame);
    if (first === true && typeof second === 'boolean') return second;
    if (second === false) return false;
    throw noSuchOverload();
  };
}

/** `a || b`: true outweighs a fault of the other side. */
export function orCode(left: Code, right: Code): Code {
  return (frame) => {
    let first: Value;
    try {
      first = left(frame);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return outweighed(fault, right(frame), true);
    }
    if (first === true) return true;
    const second = right(frame);
    if (first === false && typeof second === 'boolean') return second;
    if (second === true) return true;
    throw noSuchOverload();
  };
}

function outweighed(fault: Fault, other: Value, decisive: boolean): boolean {
  if (other === decisive) return decisive;
  throw fault;
}

/** `condition ? yes : no`. */
export function conditionalCode(condition: Code, yes: Code, no: Code): Code {
  return (frame) => {
    const chosen = condition(frame);
    if (chosen === true) return yes(frame);
    if (chosen === false) return no(frame);
    throw noSuchOverload();
  };
}
