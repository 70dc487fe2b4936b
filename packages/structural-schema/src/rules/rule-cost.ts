import type { FieldError } from '@kcp/api-machinery';
import { forbidden } from '@kcp/api-machinery';
import type { StructuralSchema } from '../structural-schema.ts';

/** The most that an expression may cost by estimate (apiextensions validation, StaticEstimatedCostLimit). */
const EXPRESSION_LIMIT = 10_000_000;
/** The most that all rules of a schema may cost together (StaticEstimatedCRDCostLimit). */
const SCHEMA_LIMIT = 100_000_000;
/** Costs are counted as far as Go's uint64 goes. */
const MOST = 2 ** 64;
/** How many of the most expensive rules are named. */
const NAMED = 4;

/** What is said of an expression that may cost too much; undefined where it may not. `what` is `estimated rule cost`. */
export function costError(what: string, cost: number, at: string): FieldError | undefined {
  return cost > EXPRESSION_LIMIT ? forbidden(at, exceeds(what, cost / EXPRESSION_LIMIT)) : undefined;
}

/** A cost as often as its place may occur. */
export function multiplyCost(cost: number, count: number): number {
  return cost === 0 ? 0 : Math.min(cost * count, MOST);
}

/** Adds up what the expressions of a schema may cost together. */
export class TotalCost {
  #total = 0;
  #mostExpensive: { readonly at: string; readonly cost: number }[] = [];

  add(at: string, cost: number): void {
    this.#total = Math.min(this.#total + cost, MOST);
    if (cost < SCHEMA_LIMIT / 100) return;
    this.#mostExpensive = [...this.#mostExpensive, { at, cost }].sort((a, b) => b.cost - a.cost).slice(0, NAMED);
  }

  /** What is wrong with the sum, for the schema at `path`. */
  errors(path: string): FieldError[] {
    if (this.#total <= SCHEMA_LIMIT) return [];
    const detail = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...this.#mostExpensive.map(({ at }) => forbidden(at, detail)),
      forbidden(path, exceeds(what, this.#total / SCHEMA_LIMIT)),
    ];
  }
}

function exceeds(what: string, factor: number): string {
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';
  return `${what} exceeds budget by factor of ${shownFactor(factor)} (${advice})`;
}

function shownFactor(factor: number): string {
  if (factor > 100) return 'more than 100x';
  // Go rounds what is exactly between two tenths to the even one
  if (factor >= 1.5 && factor % 1 === 0.25) return `${Math.floor(factor)}.2x`;
  return factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
}

/** How many values a value of the schema holds at most, side by side; undefined where nothing bounds them. */
export function mostElements({
  type,
  additionalProperties,
  maxProperties,
  maxItems,
}: StructuralSchema): number | undefined {
  if (type === 'array') return maxItems === undefined ? undefined : Math.max(0, maxItems);
  if (type !== 'object' || additionalProperties === undefined) return 1;
  return maxProperties === undefined ? undefined : Math.max(0, maxProperties);
}
