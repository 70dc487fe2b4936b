import { equalValues, isNumber } from './equal.ts';
import { BudgetExceeded } from './fault.ts';
import { Double, Uint } from './value.ts';
import type { Value } from './value.ts';

/** How often values that have no hash are compared before the budget counts as used up: some tenths of a second. */
const MOST_COMPARISONS = 2_000_000;

/** Values in which others are looked up by CEL's equality: plain ones at once, all others one by one, up to a bound. */
export class Members {
  readonly #plain = new Set<Value>();
  readonly #others: Value[] = [];
  #left = MOST_COMPARISONS;

  add(item: Value): void {
    if (isPlain(item)) this.#plain.add(item);
    else this.#others.push(item);
  }

  /** Throws BudgetExceeded where it would take too long to find out. */
  has(item: Value): boolean {
    const plain = plainOf(item);
    if (plain !== undefined && this.#plain.has(plain)) return true;
    if (isPlain(item) && typeof item !== 'number') return false;
    this.#left -= this.#others.length;
    if (this.#left < 0) throw new BudgetExceeded();
    return this.#others.some((other) => equalValues(other, item));
  }
}

function isPlain(value: Value): value is string | boolean | number | null {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
}

/** The plain value that equals this one: numbers of all kinds may equal an int. */
function plainOf(value: Value): string | boolean | number | null | undefined {
  if (isPlain(value)) return value;
  if (!isNumber(value)) return undefined;
  if (value instanceof Double) return value.value;
  if (value instanceof Uint) return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : undefined;
  return undefined;
}
