import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError, badRequest, stringifyJson } from '@kcp/api-machinery';
import { linger } from './linger.ts';

/** What the parser says of a request it could not read, by Node's error code; everything else is a 400. */
const refusals = new Map<string, { phrase: string; error: ApiError }>([
  [
    'HPE_HEADER_OVERFLOW',
    {
      phrase: 'Request Header Fields Too Large',
      error: new ApiError('BadRequest', 'the request headers are too large', { code: 431 }),
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    {
      phrase: 'Request Timeout',
      error: new ApiError('Timeout', 'the request did not arrive in time', { code: 408 }),
    },
  ],
]);
const malformed = { phrase: 'Bad Request', error: badRequest('the request is malformed') };

/** Answers a request that Node's HTTP/1.1 parser gave up on, and closes; nothing is written into an answer under way. */
export function refuseMalformed(code: string, socket: Duplex, lingerMs: number): void {
  const { phrase, error } = refusals.get(code) ?? malformed;
  const body = stringifyJson(error.toStatus());
  socket.end(
    `HTTP/1.1 ${error.code} ${phrase}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  linger(socket, lingerMs);
}

/** False for what Node's parser lets pass: HTTP/0.9, and bodies in an encoding of which nobody knows the end. */
export function isSound(message: IncomingMessage): boolean {
  const encoding = message.headers['transfer-encoding'];
  return message.httpVersionMajor === 1 && (encoding === undefined || encoding.toLowerCase() === 'chunked');
}
