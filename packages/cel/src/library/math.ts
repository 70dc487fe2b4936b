import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration, Implementation, Library } from '../check/declaration.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Macro } from '../syntax/macro.ts';
import { asDouble, asInt, asList, asUint } from '../values/expect.ts';
import { isNumber } from '../values/equal.ts';
import { Fault, noSuchOverload } from '../values/fault.ts';
import { compareNumbers, int, smallInt, uint } from '../values/number.ts';
import { Double, itemsOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';

const numeric = ['double', 'int', 'uint'] as const;

/** least and greatest: calls of functions that no source can spell, once literals are seen to be numbers. */
function extremeMacro(name: 'least' | 'greatest', fn: string): Macro {
  return {
    name,
    arity: -1,
    receiver: true,
    expand: (make, target, args) => {
      if (target?.kind !== 'ident' || target.name !== 'math') return undefined;
      const [first] = args;
      if (first === undefined) return { error: `math.${name}() requires at least one argument`, offset: target.offset };
      if (args.length === 1) {
        if (isNumericList(first) || mayBeNumber(first)) return make.call(fn, first);
        return { error: `math.${name}() invalid single argument value`, offset: first.offset };
      }
      const bad = args.find((arg) => !mayBeNumber(arg));
      if (bad !== undefined) {
        return { error: `math.${name}() simple literal arguments must be numeric`, offset: bad.offset };
      }
      return args.length === 2 ? make.call(fn, ...args) : make.call(fn, make.list(...args));
    },
  };
}

function mayBeNumber(expr: Expr): boolean {
  if (expr.kind === 'literal') return isNumber(expr.value);
  return expr.kind !== 'list' && expr.kind !== 'map' && expr.kind !== 'struct';
}

function isNumericList(expr: Expr): boolean {
  return expr.kind === 'list' && expr.elements.length > 0 && expr.elements.every(mayBeNumber);
}

function extreme(name: string, fn: string, sign: number): FunctionDeclaration {
  const pick = (a: Value, b: Value): Value => {
    if (!isNumber(a) || !isNumber(b)) throw noSuchOverload();
    const order = compareNumbers(a, b);
    if (order === undefined) throw new Fault('NaN values cannot be ordered');
    return order === sign ? b : a;
  };
  const ofList: Implementation = (list) => {
    const [first, ...rest] = itemsOf(asList(list));
    if (first === undefined) throw new Fault(`math.${name}(list) argument must not be empty`);
    if (!isNumber(first)) throw noSuchOverload();
    return rest.reduce(pick, first);
  };
  const pairs = numeric.flatMap((a) => numeric.map((b) => [a, b] as const));
  return declare(
    fn,
    ...numeric.map((type) => [`math_${name}_${type}`, `(${type}) -> ${type}`, (a: Value = null) => a] as const),
    ...pairs.map(([a, b]) => {
      return [
        `math_${name}_${a}_${b}`,
        `(${a}, ${b}) -> ${a === b ? a : 'dyn'}`,
        (x: Value = null, y: Value = null) => pick(x, y),
      ] as const;
    }),
    ...numeric.map((type) => [`math_${name}_list_${type}`, `(list(${type})) -> ${type}`, ofList] as const),
  );
}

function ofDouble(name: string, compute: (x: number) => number): FunctionDeclaration {
  return declare(`math.${name}`, [
    `math_${name}_double`,
    '(double) -> double',
    (a) => new Double(compute(asDouble(a))),
  ]);
}

function testDouble(name: string, test: (x: number) => boolean): FunctionDeclaration {
  return declare(`math.${name}`, [`math_${name}_double`, '(double) -> bool', (a) => test(asDouble(a))]);
}

/** Half away from zero. */
function round(x: number): number {
  return Math.trunc(x) === x || !Number.isFinite(x) ? x : Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
}

function bits(name: string, compute: (a: bigint, b: bigint) => bigint): FunctionDeclaration {
  return declare(
    `math.${name}`,
    [
      `math_${name}_int_int`,
      '(int, int) -> int',
      (a, b) => smallInt(BigInt.asIntN(64, compute(BigInt(asInt(a)), BigInt(asInt(b))))),
    ],
    [
      `math_${name}_uint_uint`,
      '(uint, uint) -> uint',
      (a, b) => uint(BigInt.asUintN(64, compute(asUint(a), asUint(b)))),
    ],
  );
}

/** Shifts work on the 64 bits; beyond them nothing is left. */
function shift(name: string, compute: (a: bigint, by: bigint) => bigint): FunctionDeclaration {
  const by = (value: Value | undefined): bigint => {
    const count = BigInt(asInt(value));
    if (count < 0n) throw new Fault(`math.${name}() negative offset: ${count}`);
    return count > 64n ? 64n : count;
  };
  const shifted = (a: bigint, b: Value | undefined): bigint =>
    BigInt.asUintN(64, compute(BigInt.asUintN(64, a), by(b)));
  return declare(
    `math.${name}`,
    [`math_${name}_int_int`, '(int, int) -> int', (a, b) => smallInt(BigInt.asIntN(64, shifted(BigInt(asInt(a)), b)))],
    [`math_${name}_uint_int`, '(uint, int) -> uint', (a, b) => uint(shifted(asUint(a), b))],
  );
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function signOf(value: bigint): number {
  if (value === 0n) return 0;
  return value < 0n ? -1 : 1;
}

/** cel-go's math extension. */
export const mathLibrary: Library = {
  name: 'math',
  macros: [extremeMacro('least', 'math.@min'), extremeMacro('greatest', 'math.@max')],
  functions: [
    extreme('@min', 'math.@min', 1),
    extreme('@max', 'math.@max', -1),
    ofDouble('ceil', Math.ceil),
    ofDouble('floor', Math.floor),
    ofDouble('round', round),
    ofDouble('trunc', Math.trunc),
    testDouble('isInf', (x) => x === Infinity || x === -Infinity),
    testDouble('isNaN', Number.isNaN),
    testDouble('isFinite', Number.isFinite),
    declare(
      'math.abs',
      ['math_abs_double', '(double) -> double', (a) => new Double(Math.abs(asDouble(a)))],
      ['math_abs_int', '(int) -> int', (a) => int(absolute(BigInt(asInt(a))))],
      ['math_abs_uint', '(uint) -> uint', (a) => uint(asUint(a))],
    ),
    declare(
      'math.sign',
      ['math_sign_double', '(double) -> double', (a) => new Double(Math.sign(asDouble(a)))],
      ['math_sign_int', '(int) -> int', (a) => signOf(BigInt(asInt(a)))],
      ['math_sign_uint', '(uint) -> uint', (a) => uint(BigInt(signOf(asUint(a))))],
    ),
    declare(
      'math.sqrt',
      ['math_sqrt_double', '(double) -> double', (a) => new Double(Math.sqrt(asDouble(a)))],
      ['math_sqrt_int', '(int) -> double', (a) => new Double(Math.sqrt(Number(asInt(a))))],
      ['math_sqrt_uint', '(uint) -> double', (a) => new Double(Math.sqrt(Number(asUint(a))))],
    ),
    bits('bitAnd', (a, b) => a & b),
    bits('bitOr', (a, b) => a | b),
    bits('bitXor', (a, b) => a ^ b),
    declare(
      'math.bitNot',
      ['math_bitNot_int_int', '(int) -> int', (a) => smallInt(BigInt.asIntN(64, ~BigInt(asInt(a))))],
      ['math_bitNot_uint_uint', '(uint) -> uint', (a) => uint(BigInt.asUintN(64, ~asUint(a)))],
    ),
    shift('bitShiftLeft', (a, by) => a << by),
    shift('bitShiftRight', (a, by) => a >> by),
  ],
};
