import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeHead, encodeHead, headRevision } from './head.ts';

const kv = (value: Buffer) => ({ key: Buffer.from('/kcp/head'), value, modRevision: '7', createRevision: '2' });

describe('a head', () => {
  it('is read as it was written', () => {
    const heads = fc.record({
      id: fc.record({
        session: fc.stringMatching(/^[0-9a-f]{16}$/),
        sequence: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      }),
      count: fc.integer({ min: 1, max: 100 }),
      deleted: fc.array(
        fc.record({ position: fc.integer({ min: 0, max: 99 }), key: fc.string({ unit: 'grapheme', maxLength: 300 }) }),
        { maxLength: 20 },
      ),
    });
    fc.assert(fc.property(heads, (head) => expect(decodeHead(encodeHead(head))).toEqual(head)));
  });

  it('tells the newest revision of its commit', () => {
    const head = encodeHead({ id: { session: '00112233445566ff', sequence: 1 }, count: 3, deleted: [] });
    expect(headRevision(kv(head))).toBe(7 * 256 + 2);
    expect(headRevision(undefined)).toBe(0);
  });

  it('of another version is refused', () => {
    const head = encodeHead({ id: { session: '00112233445566ff', sequence: 1 }, count: 0, deleted: [] });
    expect(() => headRevision(kv(head))).toThrow(TypeError);
    head[0] = 2;
    for (const bytes of [head, Buffer.alloc(0), Buffer.from('{}')]) expect(() => decodeHead(bytes)).toThrow(TypeError);
  });
});
