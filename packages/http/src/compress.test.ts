import { describe, expect, it } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { compress, takesGzip } from './compress.ts';
import type { Response } from './exchange.ts';
import { inProcess } from './in-process.ts';

const rows = Array.from({ length: 2000 }, (_, i) =>
  Buffer.from(`{"metadata":{"name":"row-${i}"},"data":{"a":"b"}},`.repeat(4)),
);
const large: Response = { status: 200, headers: { 'content-type': 'application/json', vary: 'Accept' }, body: rows };

describe('an answer', () => {
  it('over 128 KiB is compressed for clients that take gzip', async () => {
    const answer = await inProcess(() => compress(large, 'gzip'))({ target: '/' });
    expect(answer.headers).toEqual({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      vary: 'Accept, Accept-Encoding',
    });
    const bytes = await answer.bytes();
    expect(bytes.byteLength).toBeLessThan(Buffer.concat(rows).byteLength / 4);
    expect(gunzipSync(bytes).equals(Buffer.concat(rows))).toBe(true);
  });

  it('says that it would differ to others who do not', () => {
    const answer = compress(large, 'identity');
    expect(answer.headers['vary']).toBe('Accept, Accept-Encoding');
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body).toBe(rows);
  });

  it('that is small, a stream, or encoded already, stays as it is', () => {
    const others: Response[] = [
      { status: 200, headers: {}, body: Buffer.alloc(128 * 1024) },
      { status: 200, headers: {} },
      { status: 200, headers: {}, body: async () => {} },
      { ...large, headers: { 'content-encoding': 'br' } },
    ];
    for (const response of others) expect(compress(response, 'gzip')).toBe(response);
  });

  it('that nobody reads to the end stops being compressed', async () => {
    const body = Array.from({ length: 64 }, (_, i) => Buffer.alloc(1024 * 1024, i));
    const answer = await inProcess(() => compress({ status: 200, headers: {}, body }, 'gzip'))({ target: '/' });
    for await (const _bytes of answer.body) break;
  });
});

describe('Accept-Encoding', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['deflate, GZIP;q=0.5', true],
    ['br, x-gzip', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['identity', false],
  ])('%s', (header, expected) => {
    expect(takesGzip(header)).toBe(expected);
  });
});
