import type { Readable } from 'node:stream';
import { ApiError, badRequest } from '@kcp/api-machinery';

/** How much of a body is taken, and how slowly it may come. */
export interface BodyBounds {
  /** In bytes. */
  readonly limit: number;
  /** For the whole body, in milliseconds. */
  readonly bodyMs: number;
  /** Between two pieces, in milliseconds. */
  readonly bodyIdleMs: number;
  /** Asked at the end: HTTP/2 streams end in order where they were reset. */
  readonly isWhole: () => boolean;
}

/** The answer to a body that is too large (k8s.io/apimachinery errors.NewRequestEntityTooLargeError). */
export function tooLarge(limit: number): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

/** Reads a body whole. On failure the rest stays unread: what becomes of it is the caller's. Throws ApiError. */
export function readBody(source: Readable, bounds: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const deadline = performance.now() + bounds.bodyMs;
    const timer = setTimeout(onSlow, Math.min(bounds.bodyIdleMs, bounds.bodyMs));
    source.on('data', onData).on('end', onEnd).on('error', onEarlyEnd).on('close', onEarlyEnd);

    function stop(): void {
      clearTimeout(timer);
      source.off('data', onData).off('end', onEnd).off('error', onEarlyEnd).off('close', onEarlyEnd);
    }
    function fail(error: ApiError): void {
      stop();
      source.pause();
      reject(error);
    }
    function onData(chunk: Buffer): void {
      size += chunk.byteLength;
      if (size > bounds.limit) return fail(tooLarge(bounds.limit));
      if (performance.now() > deadline) return onSlow();
      chunks.push(chunk);
      timer.refresh();
    }
    function onEnd(): void {
      if (!bounds.isWhole()) return onEarlyEnd();
      stop();
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
    }
    function onSlow(): void {
      fail(new ApiError('Timeout', 'Timeout: the request body did not arrive in time'));
    }
    function onEarlyEnd(): void {
      fail(badRequest('the request body ended early'));
    }
  });
}
