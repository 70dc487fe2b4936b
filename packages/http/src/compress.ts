import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Response, Sink, StreamBody } from './exchange.ts';
import { byteLength, piecesOf } from './send-bytes.ts';
import type { Bytes } from './send-bytes.ts';

/** Smaller answers are not worth a thread's while (the threshold of k8s.io/apiserver's response writers). */
const threshold = 128 * 1024;

/**
 * The answer, compressed where the client takes gzip and it pays: a body known whole, over 128 KiB, not encoded already.
 * The work is done on the thread pool, at the fastest level, piece by piece as the client reads.
 */
export function compress(response: Response, acceptEncoding: string | undefined): Response {
  const { body, headers } = response;
  if (body === undefined || typeof body === 'function' || Object.hasOwn(headers, 'content-encoding')) return response;
  if (byteLength(body) <= threshold) return response;
  const varied = { ...headers, vary: withAcceptEncoding(headers['vary']) };
  if (!takesGzip(acceptEncoding)) return { ...response, headers: varied };
  return { status: response.status, headers: { ...varied, 'content-encoding': 'gzip' }, body: gzipped(body) };
}

/** True where an Accept-Encoding header allows gzip (RFC 9110, 12.5.3). */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  let fallback = false;
  for (const entry of acceptEncoding.split(',')) {
    const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const allowed = !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return allowed;
    if (coding === '*') fallback = allowed;
  }
  return fallback;
}

function withAcceptEncoding(vary: string | readonly string[] | undefined): string {
  const named = vary === undefined ? [] : [vary].flat();
  return [...named, 'Accept-Encoding'].join(', ');
}

function gzipped(body: Bytes): StreamBody {
  return async (sink) => {
    const gone = new AbortController();
    sink.onClose(() => gone.abort());
    try {
      await pipeline(piecesOf(body), createGzip({ level: 1 }), (source) => forward(source, sink), {
        signal: gone.signal,
      });
    } catch (thrown) {
      if (!sink.closed) throw thrown;
    }
  };
}

async function forward(source: AsyncIterable<Uint8Array>, sink: Sink): Promise<void> {
  for await (const bytes of source) {
    if (!sink.write(bytes)) await sink.drained();
  }
}
