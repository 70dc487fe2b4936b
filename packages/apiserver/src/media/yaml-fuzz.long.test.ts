import { describe, expect, it } from '@jest/globals';
import {
  ApiError,
  equal,
  isArray,
  isObject,
  parseJson,
  stringifyJson,
  type Json,
  type JsonObject,
} from '@kcp/api-machinery';
import * as fc from 'fast-check';
import type { DecodedBody } from './body.ts';
import { composeYaml, parseYaml, writeYaml } from './yaml.ts';

const RUNS = { numRuns: 100_000, seed: 20_260_702 };
const NODES = 100_000;

type Parse = (text: string) => DecodedBody;

/** Pieces that mean something to a YAML reader, and traps. */
const piece = fc.constantFrom(
  ...[
    'a',
    'b: ',
    '- ',
    '? ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '&x ',
    '*x',
    '&y ',
    '*y ',
    '<<: ',
    '!',
    '!!str ',
    '!!int ',
    '!!binary ',
  ],
  ...[
    '|',
    '>',
    '|2-\n',
    '"',
    "'",
    '\\',
    '\\x41',
    '\\ud800',
    '#',
    ' #',
    '%',
    '@',
    '`',
    '\n',
    '\n  ',
    '\n    ',
    '\r',
    '\t',
    ' ',
    '---\n',
    '...\n',
  ],
  ...[
    'yes',
    'on: ',
    '~',
    'null',
    '017',
    '0x1f',
    '0b1',
    '1_0',
    '1e400',
    '.inf',
    '-',
    '9223372036854775807',
    '99999999999999999999',
    '2020-01-01',
  ],
  ...[
    '__proto__: ',
    'constructor: ',
    'toString: ',
    '__proto__',
    '10: ',
    '"9": ',
    '\u0000',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ud800',
    'é',
    '🎉',
  ],
);
const anyText = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => parseJson(JSON.stringify(value))),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    'yes',
    '~',
    '1',
    '0x1f',
    '.inf',
    '---',
    '- a',
    'a: b',
    '<<',
    '__proto__',
    '',
    ' ',
    '\n',
    '1e3',
    '#',
    "'",
    '"',
    '\u0000',
  ),
);
const key = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('__proto__', 'constructor', '10', '9', '<<', 'on', 'null', '1.0', ''),
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries): JsonObject => Object.fromEntries(entries)),
  ),
})).value;

/** How many values a document holds with its aliases followed, counted no further than needed. */
function size(value: Json, limit: number): number {
  if (!isArray(value) && !isObject(value)) return 1;
  let count = 1;
  for (const item of Object.values(value)) {
    if (count > limit) break;
    if (item !== undefined) count += size(item, limit - count);
  }
  return count;
}

function isOwn(value: Json): boolean {
  if (isArray(value)) return value.every(isOwn);
  return (
    !isObject(value) ||
    (Object.getPrototypeOf(value) === Object.prototype &&
      Object.values(value).every((item) => item === undefined || isOwn(item)))
  );
}

const untouched = Object.getOwnPropertyNames(Object.prototype).join();

function readOrRefuse(parse: Parse, text: string): Json | undefined {
  try {
    return parse(text).value;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Reads anything, throws nothing but what it says, stays within its budget, touches no prototype. */
function checkAnything(parse: Parse, text: string): void {
  const value = readOrRefuse(parse, text);
  if (Object.getOwnPropertyNames(Object.prototype).join() !== untouched) throw new Error('a prototype was touched');
  if (value === undefined) return;
  if (size(value, NODES) > NODES) throw new Error('more values than the budget');
  if (!isOwn(value)) throw new Error('an object has another prototype');
  stringifyJson(value);
}

/** JSON means in YAML what it means in JSON. */
function checkJson(parse: Parse, value: Json): void {
  const { value: read, duplicates } = parse(stringifyJson(value));
  if (!equal(read, value) || duplicates.length > 0)
    throw new Error(`${stringifyJson(value)} was read as ${stringifyJson(read)}`);
}

/** What is written can be read back. */
function checkRoundTrip(parse: Parse, value: Json): void {
  const text = writeYaml(value);
  const { value: read } = parse(text);
  if (!equal(read, value)) throw new Error(`${stringifyJson(value)} was written as ${text}`);
}

function finds(check: () => void): void {
  expect(check).toThrow(/Property failed/);
}

/** YAML refuses these where they are not escaped, and JSON escapes only some of them. */
const printable = json.filter((value) => !/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(stringifyJson(value)));

describe('YAML of any kind', () => {
  it('is read or refused, within the budget', () => {
    fc.assert(
      fc.property(anyText, (text) => checkAnything(parseYaml, text)),
      RUNS,
    );
  });

  it('finds a reader that sets keys by assignment', () => {
    const broken: Parse = (text) => {
      const { value, duplicates } = parseYaml(text);
      if (!isObject(value)) return { value, duplicates };
      const copy: Record<string, Json> = {};
      for (const [name, item] of Object.entries(value)) copy[name] = item ?? null;
      return { value: copy, duplicates };
    };
    finds(() =>
      fc.assert(
        fc.property(anyText, (text) => checkAnything(broken, text)),
        RUNS,
      ),
    );
  });
});

describe('JSON as YAML', () => {
  it('means the same by the rules of JSON', () => {
    fc.assert(
      fc.property(json, (value) => checkJson(parseYaml, value)),
      RUNS,
    );
  });

  it('means the same by the rules of YAML', () => {
    fc.assert(
      fc.property(printable, (value) => checkJson(composeYaml, value)),
      RUNS,
    );
  });

  it('finds a reader that loses large integers', () => {
    const broken: Parse = (text) => ({ value: JSON.parse(text) as Json, duplicates: [] });
    finds(() =>
      fc.assert(
        fc.property(json, (value) => checkJson(broken, value)),
        RUNS,
      ),
    );
  });
});

describe('YAML that is written', () => {
  it('is read back', () => {
    fc.assert(
      fc.property(json, (value) => checkRoundTrip(parseYaml, value)),
      RUNS,
    );
  });

  it('finds a reader that resolves quoted texts', () => {
    const broken: Parse = (text) => parseYaml(text.replaceAll('"', ''));
    finds(() =>
      fc.assert(
        fc.property(json, (value) => checkRoundTrip(broken, value)),
        RUNS,
      ),
    );
  });
});
