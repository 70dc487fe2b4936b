import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { TransportResponse } from '@kcp/http';
import { ConnectionError } from './connection-error.ts';
import type { TransportLimits } from './transport-limits.ts';
import { codeOf, messageOf } from '../thrown.ts';

/** An answer's parts, as either protocol gives them. */
export interface RawResponse {
  readonly status: number;
  readonly headers: TransportResponse['headers'];
  /** Leaving it early ends the exchange; it throws where the answer breaks off. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the exchange at once, whatever is waited for. */
  cancel(): void;
}

/** The answer as callers get it: decompressed, and bounded where it is read whole. */
export function readableResponse(raw: RawResponse, limits: TransportLimits): TransportResponse {
  const { ['content-encoding']: encoding, ...rest } = raw.headers;
  const zipped = encoding === 'gzip';
  const { 'content-length': _length, ...unzipped } = rest;
  const headers = zipped ? unzipped : raw.headers;
  const body = zipped ? gunzip(raw.body) : raw.body;
  return { status: raw.status, headers, body, bytes: () => collectBounded(raw, body, limits) };
}

async function* gunzip(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  // Flushed as it comes: a stream's line must not wait for the next.
  const unzip = createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_FINISH });
  let failure: unknown;
  pipeline(Readable.from(body, { objectMode: false }), unzip, (error) => (failure = error ?? undefined));
  try {
    for await (const piece of unzip) yield Buffer.from(piece);
  } catch (error) {
    const cause = failure ?? error;
    if (codeOf(cause).startsWith('Z_'))
      throw new ConnectionError('malformed', `the answer cannot be decompressed: ${messageOf(cause)}`, cause);
    throw cause;
  } finally {
    unzip.destroy();
  }
}

/** All of a body, within the limits of size and silence. */
async function collectBounded(
  raw: RawResponse,
  body: AsyncIterable<Uint8Array>,
  limits: TransportLimits,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const pieces = body[Symbol.asyncIterator]();
  try {
    while (true) {
      const { done, value } = await within(pieces.next(), limits.bodyIdleMs);
      if (done === true) break;
      size += value.byteLength;
      if (size > limits.responseBytes)
        throw new ConnectionError('malformed', `the answer is larger than ${limits.responseBytes} bytes`);
      parts.push(value);
    }
  } catch (error) {
    raw.cancel();
    // Not awaited: what the iteration still waits for ends with the exchange.
    pieces.return?.().then(undefined, () => {});
    throw error;
  }
  const [first] = parts;
  return parts.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(parts);
}

function within<T>(next: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new ConnectionError('timeout', `the answer paused for more than ${limitMs} ms`)),
      limitMs,
    );
    next.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
