import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiError } from './api-error.ts';
import { formatFieldSelector, parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector-parser.ts';
import { formatLabelSelector, matchesLabels } from './label-selector.ts';
import type { LabelSelector } from './label-selector.ts';

const RUNS = { numRuns: 100_000, seed: 20_260_701 };

const piece = fc.constantFrom(
  'a',
  'b',
  'in',
  'notin',
  '=',
  '==',
  '!=',
  '!',
  '(',
  ')',
  ',',
  '>',
  '<',
  ' ',
  '\t',
  '5',
  '-1',
  'x/y',
  '__proto__',
  'constructor',
  '"',
  '\\',
  '\0',
  'é',
  '🎉',
  '\ud800',
  '.',
  'v'.repeat(64),
);
const anyText = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

const KEYS = ['a', 'b', '__proto__', 'example.com/c'];
const VALUES = ['', 'x', 'y', '5', '10'];
const name = fc.constantFrom(...KEYS.filter((text) => text !== '__proto__'), 'in', 'constructor');
const value = fc.constantFrom(...VALUES);
const list = fc.array(value, { minLength: 1, maxLength: 3 });

interface Requirement {
  readonly text: string;
  readonly holds: (label: string | undefined) => boolean;
  readonly key: string;
}

const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc
    .record({ key: name, one: value, space: fc.constantFrom('', ' ', '\n') })
    .chain(({ key, one, space }) =>
      fc.constantFrom(
        { key, text: `${key}${space}=${space}${one}`, holds: (label?: string) => label === one },
        { key, text: `${key}==${one}`, holds: (label?: string) => label === one },
        { key, text: `${key}${space}!=${one}`, holds: (label?: string) => label !== one },
        { key, text: key, holds: (label?: string) => label !== undefined },
        { key, text: `!${space}${key}`, holds: (label?: string) => label === undefined },
        { key, text: `${key}>7`, holds: (label?: string) => Number(label || 'x') > 7 },
        { key, text: `${key}${space}<7`, holds: (label?: string) => Number(label || 'x') < 7 },
      ),
    ),
  fc.record({ key: name, many: list, gap: fc.constantFrom(',', ', ') }).chain(({ key, many, gap }) =>
    fc.constantFrom(
      {
        key,
        text: `${key} in (${many.join(gap)})`,
        holds: (label?: string) => label !== undefined && many.includes(label),
      },
      {
        key,
        text: `${key} notin(${many.join(gap)})`,
        holds: (label?: string) => label === undefined || !many.includes(label),
      },
    ),
  ),
);

const labels = fc.dictionary(fc.oneof(name, fc.constant('__proto__')), value, { maxKeys: 4 });

function lossless<T>(text: string, parse: (text: string) => T, format: (parsed: T) => string): boolean {
  let parsed: T;
  try {
    parsed = parse(text);
  } catch (error) {
    if (error instanceof ApiError && error.code === 400) return true;
    throw error;
  }
  const written = format(parsed);
  return written === format(parse(written));
}

function matching(
  matches: (selector: LabelSelector, labels: Readonly<Record<string, string>>) => boolean,
): fc.IProperty<[Requirement[], Record<string, string>]> {
  return fc.property(fc.array(requirement, { maxLength: 4 }), labels, (requirements, set) => {
    const selector = parseLabelSelector(requirements.map(({ text }) => text).join(','));
    const expected = requirements.every(({ key, holds }) => holds(Object.hasOwn(set, key) ? set[key] : undefined));
    return matches(selector, set) === expected;
  });
}

describe('label selectors', () => {
  it('any text is read without loss or refused with 400', () => {
    fc.assert(
      fc.property(anyText, (text) => lossless(text, parseLabelSelector, formatLabelSelector)),
      RUNS,
    );
  });

  it('select what the plain meaning of their words selects', () => {
    fc.assert(matching(matchesLabels), RUNS);
  });

  it('a planted bug is found: a label that only the prototype has', () => {
    const inherited = (selector: LabelSelector, set: Readonly<Record<string, string>>): boolean =>
      matchesLabels(
        selector,
        'constructor' in set && !Object.hasOwn(set, 'constructor') ? { ...set, constructor: '' } : set,
      );
    expect(fc.check(matching(inherited), RUNS).failed).toBe(true);
  });
});

describe('field selectors', () => {
  it('any text is read without loss or refused with 400', () => {
    fc.assert(
      fc.property(anyText, (text) => lossless(text, parseFieldSelector, formatFieldSelector)),
      RUNS,
    );
  });

  it('a planted bug is found: a value that is not escaped', () => {
    const careless = fc.property(anyText, (text) =>
      lossless(text, parseFieldSelector, ({ requirements }) =>
        requirements.map((one) => `${one.field}${one.operator}${one.value}`).join(','),
      ),
    );
    expect(fc.check(careless, RUNS).failed).toBe(true);
  });
});
