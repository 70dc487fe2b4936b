import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration, Implementation } from '../check/declaration.ts';
import { Operator } from '../syntax/ast.ts';
import { asDouble, asInstance, asInt, asList, asMap, asString, asUint, asBytes } from '../values/expect.ts';
import { equalValues } from '../values/equal.ts';
import { Fault } from '../values/fault.ts';
import { addInt, divideInt, moduloInt, multiplyInt, negateInt, subtractInt, uint } from '../values/number.ts';
import type { Int } from '../values/number.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { ArrayList, Double, itemsOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** Types that have an order, and the pairs of numbers that are compared as real numbers. */
const ordered: readonly (readonly [name: string, a: string, b: string])[] = [
  ['bool', 'bool', 'bool'],
  ['int64', 'int', 'int'],
  ['int64_double', 'int', 'double'],
  ['int64_uint64', 'int', 'uint'],
  ['uint64', 'uint', 'uint'],
  ['uint64_double', 'uint', 'double'],
  ['uint64_int64', 'uint', 'int'],
  ['double', 'double', 'double'],
  ['double_int64', 'double', 'int'],
  ['double_uint64', 'double', 'uint'],
  ['string', 'string', 'string'],
  ['bytes', 'bytes', 'bytes'],
  ['timestamp', 'timestamp', 'timestamp'],
  ['duration', 'duration', 'duration'],
];

function comparison(name: string, id: string): FunctionDeclaration {
  return declare(name, ...ordered.map(([type, a, b]) => [`${id}_${type}`, `(${a}, ${b}) -> bool`] as const));
}

const ints =
  (compute: (a: Int, b: Int) => Int): Implementation =>
  (a, b) =>
    compute(asInt(a), asInt(b));
const uints =
  (compute: (a: bigint, b: bigint) => bigint): Implementation =>
  (a, b) =>
    uint(compute(asUint(a), asUint(b)));
const doubles =
  (compute: (a: number, b: number) => number): Implementation =>
  (a, b) =>
    new Double(compute(asDouble(a), asDouble(b)));
const nonZero =
  (message: string, compute: (a: bigint, b: bigint) => bigint) =>
  (a: bigint, b: bigint): bigint => {
    if (b === 0n) throw new Fault(message);
    return compute(a, b);
  };
const durations =
  (compute: (a: bigint, b: bigint) => bigint): Implementation =>
  (a, b) =>
    Duration.of(compute(asInstance(Duration, a).nanos, asInstance(Duration, b).nanos));
const shift =
  (sign: bigint): Implementation =>
  (a, b) =>
    Timestamp.of(asInstance(Timestamp, a).total + sign * asInstance(Duration, b).nanos);
const later = shift(1n);

function addLists(a: Value | undefined, b: Value | undefined): Value {
  const left = asList(a);
  const right = asList(b);
  return left.concat?.(right) ?? new ArrayList([...itemsOf(left), ...itemsOf(right)]);
}

function addBytes(a: Value | undefined, b: Value | undefined): Value {
  return Uint8Array.from([...asBytes(a), ...asBytes(b)]);
}

/** Whether a value equals an item of a list. */
export function listContains(item: Value, list: Value | undefined): boolean {
  const { size } = asList(list);
  for (let i = 0; i < size; i += 1) if (equalValues(item, asList(list).at(i))) return true;
  return false;
}

/** Logic, comparison, arithmetic, indexing and membership. */
export const operatorFunctions: readonly FunctionDeclaration[] = [
  declare(Operator.conditional, ['conditional', '(bool, A, A) -> A']),
  declare(Operator.and, ['logical_and', '(bool, bool) -> bool']),
  declare(Operator.or, ['logical_or', '(bool, bool) -> bool']),
  declare(Operator.not, ['logical_not', '(bool) -> bool']),
  declare(Operator.notStrictlyFalse, ['not_strictly_false', '(bool) -> bool']),
  declare(Operator.equals, ['equals', '(A, A) -> bool']),
  declare(Operator.notEquals, ['not_equals', '(A, A) -> bool']),
  comparison(Operator.less, 'less'),
  comparison(Operator.lessEquals, 'less_equals'),
  comparison(Operator.greater, 'greater'),
  comparison(Operator.greaterEquals, 'greater_equals'),
  declare(
    Operator.add,
    ['add_bytes', '(bytes, bytes) -> bytes', addBytes],
    ['add_double', '(double, double) -> double', doubles((a, b) => a + b)],
    ['add_duration_duration', '(duration, duration) -> duration', durations((a, b) => a + b)],
    ['add_duration_timestamp', '(duration, timestamp) -> timestamp', (a = null, b = null) => later(b, a)],
    ['add_timestamp_duration', '(timestamp, duration) -> timestamp', later],
    ['add_int64', '(int, int) -> int', ints(addInt)],
    ['add_list', '(list(A), list(A)) -> list(A)', addLists],
    ['add_string', '(string, string) -> string', (a, b) => asString(a) + asString(b)],
    ['add_uint64', '(uint, uint) -> uint', uints((a, b) => a + b)],
  ),
  declare(
    Operator.subtract,
    ['subtract_double', '(double, double) -> double', doubles((a, b) => a - b)],
    ['subtract_duration_duration', '(duration, duration) -> duration', durations((a, b) => a - b)],
    ['subtract_int64', '(int, int) -> int', ints(subtractInt)],
    ['subtract_timestamp_duration', '(timestamp, duration) -> timestamp', shift(-1n)],
    [
      'subtract_timestamp_timestamp',
      '(timestamp, timestamp) -> duration',
      (a, b) => Duration.of(asInstance(Timestamp, a).total - asInstance(Timestamp, b).total),
    ],
    ['subtract_uint64', '(uint, uint) -> uint', uints((a, b) => a - b)],
  ),
  declare(
    Operator.multiply,
    ['multiply_double', '(double, double) -> double', doubles((a, b) => a * b)],
    ['multiply_int64', '(int, int) -> int', ints(multiplyInt)],
    ['multiply_uint64', '(uint, uint) -> uint', uints((a, b) => a * b)],
  ),
  declare(
    Operator.divide,
    ['divide_double', '(double, double) -> double', doubles((a, b) => a / b)],
    ['divide_int64', '(int, int) -> int', ints(divideInt)],
    ['divide_uint64', '(uint, uint) -> uint', uints(nonZero('division by zero', (a, b) => a / b))],
  ),
  declare(
    Operator.modulo,
    ['modulo_int64', '(int, int) -> int', ints(moduloInt)],
    ['modulo_uint64', '(uint, uint) -> uint', uints(nonZero('modulus by zero', (a, b) => a % b))],
  ),
  declare(
    Operator.negate,
    ['negate_double', '(double) -> double', (a) => new Double(-asDouble(a))],
    ['negate_int64', '(int) -> int', (a) => negateInt(asInt(a))],
  ),
  declare(Operator.index, ['index_list', '(list(A), int) -> A'], ['index_map', '(map(A, B), A) -> B']),
  declare(
    Operator.in,
    ['in_list', '(A, list(A)) -> bool', (a = null, b = null) => listContains(a, b)],
    ['in_map', '(A, map(A, B)) -> bool', (a = null, b = null) => asMap(b).find(a) !== undefined],
  ),
];
