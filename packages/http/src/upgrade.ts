import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError, stringifyJson } from '@kcp/api-machinery';

const refusal = new ApiError('', 'upgrading the connection is not supported', { code: 501 });

/** Answers a request to speak another protocol over its connection: nothing here does yet. */
export function refuseUpgrade(_message: IncomingMessage, socket: Duplex): void {
  const body = stringifyJson(refusal.toStatus());
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${refusal.code} Not Implemented\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
