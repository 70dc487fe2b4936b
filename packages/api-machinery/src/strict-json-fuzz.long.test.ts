import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiError } from './api-error.ts';
import { parseJson, stringifyJson } from './json.ts';
import type { Json } from './json.ts';
import { decodeStrict } from './strict-json.ts';
import type { DecodedJson } from './strict-json.ts';

const RUNS = { numRuns: 100_000, seed: 20_260_701 };

const piece = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '"a"',
  '"b"',
  '"__proto__"',
  '\\',
  '\\u00',
  'e',
  '1',
  '-',
  '.',
  '0',
  'true',
  'nul',
  'l',
  ' ',
  '\n',
  '\u0001',
  'é',
  '"a":',
  '{"a":1',
  '"\\ud800"',
  '1e400',
  '9223372036854775807',
);
const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

/** Objects as text, so that a key can come twice, and how often one does. */
interface Written {
  readonly text: string;
  readonly repeats: number;
}
const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('1', '"x{:"', 'null', '"\\":"').map((leaf) => ({ text: leaf, repeats: 0 })),
    fc.array(tie('written'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map((item) => item.text).join(' , ')}]`,
      repeats: items.reduce((sum, item) => sum + item.repeats, 0),
    })),
    fc
      .array(fc.tuple(fc.constantFrom('"a"', '"b"', '"\\u0061"', '"c:{"'), tie('written')), { maxLength: 3 })
      .map((members) => ({
        text: `{${members.map(([key, member]) => `${key} : ${member.text}`).join(',')}}`,
        repeats:
          members.length -
          new Set(members.map(([key]) => JSON.parse(key) as string)).size +
          members.reduce((sum, [, member]) => sum + member.repeats, 0),
      })),
  ),
}));

function hasInfinity(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && !Number.isFinite(value);
  return Object.values(value).some((member) => member !== undefined && hasInfinity(member));
}

function agreesWithParser(decode: (input: string) => DecodedJson): fc.IProperty<[string]> {
  return fc.property(text, (input) => {
    let expected: Json | undefined;
    try {
      expected = parseJson(input);
    } catch {
      expected = undefined;
    }
    try {
      const { value } = decode(input);
      if (expected === undefined || hasInfinity(expected)) return false;
      return input.includes('ud800') || stringifyJson(value) === stringifyJson(expected);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 400) throw error;
      return expected === undefined || hasInfinity(expected);
    }
  });
}

describe('the strict decoder', () => {
  it('accepts what JSON.parse accepts, and refuses the rest with 400', () => {
    fc.assert(agreesWithParser(decodeStrict), RUNS);
  });

  it('a planted bug is found: white space that is taken away', () => {
    expect(
      fc.check(
        agreesWithParser((input) => decodeStrict(input.replace('\u0001', ''))),
        RUNS,
      ).failed,
    ).toBe(true);
  });

  it('names a key twice exactly where one comes twice', () => {
    fc.assert(
      fc.property(written, (one) => decodeStrict(one.text).duplicates.length > 0 === one.repeats > 0),
      RUNS,
    );
  });
});
