import { compareValues } from '../values/compare.ts';
import { equalValues } from '../values/equal.ts';
import { ListValue, MapValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { Operator } from '../syntax/ast.ts';
import { charge } from './frame.ts';
import type { Code } from './frame.ts';

/** The code of a comparison, or undefined where the function is none. Comparing small numbers takes no call. */
export function comparisonCode(fn: string, left: Code, right: Code): Code | undefined {
  switch (fn) {
    case Operator.equals:
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        charge(frame, sizeCost(a, b));
        return equalValues(a, b);
      };
    case Operator.notEquals:
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        charge(frame, sizeCost(a, b));
        return !equalValues(a, b);
      };
    case Operator.less:
      return orderCode(left, right, (a, b) => a < b);
    case Operator.lessEquals:
      return orderCode(left, right, (a, b) => a <= b);
    case Operator.greater:
      return orderCode(left, right, (a, b) => a > b);
    case Operator.greaterEquals:
      return orderCode(left, right, (a, b) => a >= b);
    default:
      return undefined;
  }
}

function orderCode(left: Code, right: Code, test: (a: number, b: number) => boolean): Code {
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (typeof a === 'number' && typeof b === 'number') {
      charge(frame, 1);
      return test(a, b);
    }
    charge(frame, sizeCost(a, b));
    const order = compareValues(a, b);
    return order !== undefined && test(order, 0);
  };
}

/** Comparing costs a tenth of the smaller operand's size. */
function sizeCost(a: Value, b: Value): number {
  if (typeof a === 'number' || typeof b === 'number') return 1;
  return Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * 0.1);
}

/** What cel-go calls the size of a value: length for what has one, else 1. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (value instanceof ListValue || value instanceof MapValue) return value.size;
  return 1;
}
