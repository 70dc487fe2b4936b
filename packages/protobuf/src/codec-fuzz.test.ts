import type { JsonObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeMessage } from './codec.ts';
import { encodeMessage } from './encode.ts';
import { openEnvelope } from './envelope.ts';
import { nothing, Thing } from './testing/thing.ts';
import { WireError } from './wire-type.ts';

const SEED = 20_240_101;

const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('vü', '漢字', '\u{1f600}', 'x'.repeat(300)));
const int64 = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const base64 = fc.uint8Array({ maxLength: 50 }).map((value) => Buffer.from(value).toString('base64'));
const { thing } = fc.letrec<{ thing: JsonObject }>((tie) => ({
  thing: fc.record(
    {
      name: text,
      on: fc.boolean(),
      small: fc.integer(),
      large: int64,
      ratio: fc.double({ noNaN: true }),
      bytes: base64,
      texts: fc.array(text, { minLength: 1, maxLength: 3 }),
      labels: fc.dictionary(text, text, { minKeys: 1, maxKeys: 4 }),
      inner: fc.option(tie('thing'), { maxDepth: 3, nil: { ...nothing } }),
      inners: fc.array(fc.option(tie('thing'), { maxDepth: 3, nil: { ...nothing } }), { minLength: 1, maxLength: 2 }),
      port: fc.oneof(fc.integer(), text),
      extra: fc.dictionary(text, fc.array(text, { maxLength: 2 }), { minKeys: 1, maxKeys: 2 }),
      left: text,
    },
    { requiredKeys: ['name', 'on', 'small'] },
  ) as fc.Arbitrary<JsonObject>,
}));

/** Reads; true where the bytes are a message, false where they are refused as they should be. */
function reads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof WireError || error instanceof ApiError) return false;
    throw error;
  }
}

describe('the codec, of anything', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(thing, (object) => {
        const written = encodeMessage(Thing, object);
        const read = decodeMessage(Thing, written);
        expect(read).toEqual(object);
        expect(encodeMessage(Thing, read)).toEqual(written);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('reads or refuses bytes that are changed, cut or joined', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    let refused = 0;
    fc.assert(
      fc.property(thing, fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(), (object, changes, cut) => {
        const written = Buffer.from(encodeMessage(Thing, object));
        for (const [at, value] of changes) written[at % written.length] = value;
        const part = written.subarray(0, written.length - (cut % 3 === 0 ? cut % written.length : 0));
        if (!reads(() => encodeMessage(Thing, decodeMessage(Thing, part)))) refused += 1;
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('reads or refuses noise, in an envelope or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        reads(() => decodeMessage(Thing, noise));
        reads(() => decodeMessage(Thing, openEnvelope(Buffer.concat([Buffer.from('k8s\0'), noise])).raw));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
