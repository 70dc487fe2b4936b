import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { startScripted } from '../testing/scripted-server.ts';
import { networkTransport } from './network-transport.ts';
import { readableResponse } from './response-body.ts';
import { defaultTransportLimits } from './transport-limits.ts';

function raw(pieces: readonly Uint8Array[], headers: Readonly<Record<string, string>> = {}) {
  let cancelled = false;
  async function* body(): AsyncGenerator<Uint8Array, void, void> {
    yield* pieces;
  }
  return {
    response: { status: 200, headers, body: body(), cancel: () => (cancelled = true) },
    cancelled: () => cancelled,
  };
}

const limits = { ...defaultTransportLimits, responseBytes: 1000 };

describe('an answer', () => {
  it('is read whole', async () => {
    const { response } = raw([Buffer.from('a'), Buffer.from('b')]);
    expect((await readableResponse(response, limits).bytes()).toString()).toBe('ab');
  });

  it('is decompressed, however it is cut', async () => {
    const zipped = gzipSync('hello '.repeat(20));
    const pieces = Array.from(zipped, (byte) => Buffer.from([byte]));
    const { response } = raw(pieces, { 'content-encoding': 'gzip', 'content-length': '9', etag: 'x' });
    const readable = readableResponse(response, limits);
    expect(readable.headers).toEqual({ etag: 'x' });
    expect((await readable.bytes()).toString()).toBe('hello '.repeat(20));
  });

  it('is refused where it is too large, also where only its decompression is', async () => {
    const large = raw([Buffer.alloc(600), Buffer.alloc(600)]);
    await expect(readableResponse(large.response, limits).bytes()).rejects.toMatchObject({ phase: 'malformed' });
    expect(large.cancelled()).toBe(true);
    const bomb = raw([gzipSync(Buffer.alloc(1_000_000))], { 'content-encoding': 'gzip' });
    await expect(readableResponse(bomb.response, limits).bytes()).rejects.toThrow('larger than 1000 bytes');
    expect(bomb.cancelled()).toBe(true);
  });

  it('is refused where it cannot be decompressed, or ends within', async () => {
    const nonsense = raw([Buffer.from('plain')], { 'content-encoding': 'gzip' });
    await expect(readableResponse(nonsense.response, limits).bytes()).rejects.toMatchObject({ phase: 'malformed' });
    const cut = raw([gzipSync('hello').subarray(0, 12)], { 'content-encoding': 'gzip' });
    await expect(readableResponse(cut.response, limits).bytes()).rejects.toMatchObject({ phase: 'malformed' });
  });

  it('is asked for compressed, unless the connection says otherwise', async () => {
    await using server = await startScripted((request, response) => {
      const zipped = request.headers['accept-encoding'] === 'gzip';
      if (zipped) response.setHeader('content-encoding', 'gzip');
      response.end(zipped ? gzipSync('zipped') : 'plain');
    });
    for (const [compression, expected] of [
      [true, 'zipped'],
      [false, 'plain'],
    ] as const) {
      await using transport = networkTransport({ ...server.connection, compression });
      expect((await (await transport.send({ target: '/' })).bytes()).toString()).toBe(expected);
    }
  });
});
