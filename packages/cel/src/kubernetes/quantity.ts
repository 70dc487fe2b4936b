import {
  addQuantities,
  asInteger,
  compareQuantities,
  parseQuantity,
  quantityOf,
  subtractQuantities,
} from '@kcp/api-machinery';
import type { Quantity } from '@kcp/api-machinery';
import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { asInstance, asInt, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { fitsInt, smallInt } from '../values/number.ts';
import { opaqueType } from '../values/type.ts';
import { Double, OpaqueValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';

const quantityType = opaqueType('kubernetes.Quantity');

class QuantityValue extends OpaqueValue {
  readonly type = quantityType;
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof QuantityValue && compareQuantities(this.quantity, other.quantity) === 0;
  }
}

function read(text: string): Quantity | string {
  try {
    return parseQuantity(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function quantityFrom(text: string): Value {
  const quantity = read(text);
  if (typeof quantity === 'string') throw new Fault(quantity);
  return new QuantityValue(quantity);
}

function of(value: Value | undefined): Quantity {
  return asInstance(QuantityValue, value).quantity;
}

function int64(quantity: Quantity): bigint | undefined {
  const whole = asInteger(quantity);
  return whole !== undefined && fitsInt(whole) ? whole : undefined;
}

function compared(a: Value | undefined, b: Value | undefined): number {
  return Math.sign(compareQuantities(of(a), of(b)));
}

function toInteger(value: Value | undefined): Value {
  const whole = int64(of(value));
  if (whole === undefined) throw new Fault('cannot convert value to integer');
  return smallInt(whole);
}

function sign({ unscaled }: Quantity): number {
  if (unscaled === 0n) return 0;
  return unscaled < 0n ? -1 : 1;
}

const q = 'kubernetes.Quantity';

/** Amounts of resources (k8s.io/apiserver/pkg/cel/library quantity.go). */
export const quantityLibrary: Library = {
  name: 'kubernetes.quantity',
  types: [quantityType],
  functions: [
    declare('quantity', ['string_to_quantity', `(string) -> ${q}`, (a) => quantityFrom(asString(a))]),
    declare('isQuantity', ['is_quantity_string', '(string) -> bool', (a) => typeof read(asString(a)) !== 'string']),
    declare('sign', ['quantity_sign', `(${q}) -> int`, (a) => sign(of(a))]),
    declare('isGreaterThan', ['quantity_is_greater_than', `${q}.(${q}) -> bool`, (a, b) => compared(a, b) > 0]),
    declare('isLessThan', ['quantity_is_less_than', `${q}.(${q}) -> bool`, (a, b) => compared(a, b) < 0]),
    declare('compareTo', ['quantity_compare_to', `${q}.(${q}) -> int`, compared]),
    declare('asApproximateFloat', [
      'quantity_get_float',
      `${q}.() -> double`,
      (a) => new Double(Number(`${of(a).unscaled}e${of(a).exponent}`)),
    ]),
    declare('asInteger', ['quantity_get_int', `${q}.() -> int`, toInteger]),
    declare('isInteger', ['quantity_is_integer', `${q}.() -> bool`, (a) => int64(of(a)) !== undefined]),
    declare(
      'add',
      ['quantity_add', `${q}.(${q}) -> ${q}`, (a, b) => new QuantityValue(addQuantities(of(a), of(b)))],
      [
        'quantity_add_int',
        `${q}.(int) -> ${q}`,
        (a, b) => new QuantityValue(addQuantities(of(a), quantityOf(asInt(b)))),
      ],
    ),
    declare(
      'sub',
      ['quantity_sub', `${q}.(${q}) -> ${q}`, (a, b) => new QuantityValue(subtractQuantities(of(a), of(b)))],
      [
        'quantity_sub_int',
        `${q}.(int) -> ${q}`,
        (a, b) => new QuantityValue(subtractQuantities(of(a), quantityOf(asInt(b)))),
      ],
    ),
  ],
};
