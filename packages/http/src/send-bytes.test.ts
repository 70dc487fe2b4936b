import { describe, expect, it } from '@jest/globals';
import { frameChunk } from './chunk-frame.ts';
import { byteLength, piecesOf } from './send-bytes.ts';

const kibi = 1024;

describe('pieces of a body', () => {
  it.each<[string, number[]]>([
    ['nothing', []],
    ['empty parts', [0, 0]],
    ['many small parts', Array.from({ length: 3000 }, (_, i) => i % 700)],
    ['one large part', [900 * kibi]],
    ['large and small parts', [10, 300 * kibi, 0, 20, 256 * kibi, 5, 257 * kibi + 1, 7]],
  ])('of %s are the body again, none above 256 KiB', (_name, sizes) => {
    const body = sizes.map((size, i) => Buffer.alloc(size, i % 256));
    const pieces = [...piecesOf(body)];
    expect(Buffer.concat(pieces).equals(Buffer.concat(body))).toBe(true);
    expect(Math.max(0, ...pieces.map((piece) => piece.byteLength))).toBeLessThanOrEqual(256 * kibi);
    expect(byteLength(body)).toBe(Buffer.concat(body).byteLength);
  });

  it('of a large part are not copies', () => {
    const body = Buffer.alloc(600 * kibi);
    expect([...piecesOf(body)].every((piece) => piece.buffer === body.buffer)).toBe(true);
  });
});

describe('a chunk’s frame', () => {
  it('is made once for the same bytes in a row', () => {
    const event = Buffer.from('an event of 22 bytes..');
    const framed = frameChunk(event);
    expect(String(framed)).toBe('16\r\nan event of 22 bytes..\r\n');
    expect(frameChunk(event)).toBe(framed);
    expect(frameChunk(Buffer.from(event))).not.toBe(framed);
  });
});
