/** The least and the most: of a size or of a cost. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

/** Where counting ends (Go's MaxUint64). */
export const endless = 2 ** 64;

/** Nothing is known. */
export const unknownSize: Interval = { min: 0, max: endless };

/** Exactly this. */
export function exactly(value: number): Interval {
  return { min: value, max: value };
}

/** Both together. */
export function plus(...all: readonly Interval[]): Interval {
  let min = 0;
  let max = 0;
  for (const each of all) {
    min += each.min;
    max += each.max;
  }
  return { min: Math.min(min, endless), max: Math.min(max, endless) };
}

/** One for each. */
export function times(a: Interval, b: Interval): Interval {
  return { min: Math.min(a.min * b.min, endless), max: Math.min(a.max * b.max, endless) };
}

/** Scaled, rounded up. */
export function scaled(a: Interval, factor: number): Interval {
  return { min: Math.min(Math.ceil(a.min * factor), endless), max: Math.min(Math.ceil(a.max * factor), endless) };
}

/** Either of the two. */
export function either(a: Interval, b: Interval): Interval {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
