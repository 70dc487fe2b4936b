import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { TransportRequest, TransportResponse } from '@kcp/http';
import { ConnectionError } from './connection-error.ts';
import type { RawResponse } from './response-body.ts';
import type { TransportLimits } from './transport-limits.ts';

/** What one exchange on a stream needs to know. */
export interface ExchangeOptions {
  readonly request: TransportRequest;
  readonly limits: TransportLimits;
  /** True where the server said that it has not worked on this stream. */
  readonly refused: () => boolean;
}

/** Waits for a stream's answer. Rejects with ConnectionError, or with the signal's reason. */
export function exchange(stream: ClientHttp2Stream, options: ExchangeOptions): Promise<RawResponse> {
  const { request, limits, refused } = options;
  const { signal } = request;
  let failure: unknown;
  const cancel = (): void => {
    // The code is told to the server; destroying alone would tell it that all went well.
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy();
  };
  const giveUp = (): void => {
    failure = signal?.reason;
    cancel();
  };
  stream.on('error', (error) => (failure ??= error));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      failure = new ConnectionError('timeout', `no answer within ${limits.headersMs} ms`);
      cancel();
    }, limits.headersMs);
    stream.once('response', (headers) => {
      clearTimeout(timer);
      resolve({ ...readHead(headers), body: readBody(stream, { signal, cancel, failure: () => failure }), cancel });
    });
    stream.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      reject(signal?.aborted ? signal.reason : unanswered(failure, refused()));
    });
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}

function unanswered(failure: unknown, refused: boolean): ConnectionError {
  return ConnectionError.from(
    failure,
    refused ? 'unsent' : 'lost',
    refused ? 'the server did not take the request' : 'the connection went before the answer came',
  );
}

function readHead(headers: IncomingHttpHeaders): Pick<RawResponse, 'status' | 'headers'> {
  const plain: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) plain[name] = value;
  }
  const shown: TransportResponse['headers'] = plain;
  return { status: Number(headers[':status'] ?? 0), headers: shown };
}

interface BodyOptions {
  readonly signal: AbortSignal | undefined;
  readonly cancel: () => void;
  readonly failure: () => unknown;
}

/** Reading begins at once: Node drops the body of a stream that ends before somebody reads it. */
function readBody(stream: ClientHttp2Stream, options: BodyOptions): AsyncIterable<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  const first = pieces.next();
  // Whoever reads the body is told.
  first.catch(() => {});
  return restOfBody(stream, { ...options, pieces, first });
}

interface Pieces {
  readonly pieces: AsyncIterator<Uint8Array>;
  readonly first: Promise<IteratorResult<Uint8Array>>;
}

async function* restOfBody(
  stream: ClientHttp2Stream,
  { signal, cancel, failure, pieces, first }: BodyOptions & Pieces,
): AsyncGenerator<Uint8Array, void, void> {
  let whole = false;
  try {
    for (let step = await first; step.done !== true; step = await pieces.next()) yield step.value;
    // A stream that the server resets ends like one that is whole; only its code tells.
    whole = stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted && failure() === undefined;
    if (!whole) throw new Error(`stream reset with code ${stream.rstCode}`);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw ConnectionError.from(failure() ?? error, 'lost', 'the answer broke off');
  } finally {
    if (!whole) cancel();
  }
}
