import { ApiError, badRequest } from '@kcp/api-machinery';
import type { Response } from './exchange.ts';
import type { UpgradeRequest } from './message-socket.ts';
import { apiErrorResponse } from './status-response.ts';

/** Reads a header by its lower-case name. */
type ReadHeader = (name: string) => string | undefined;

const token = /^[\w!#$%&'*+\-.^`|~]+$/;
const key = /^[+/\dA-Za-z]{22}==$/;

const otherVersion = new ApiError('BadRequest', 'only version 13 of the WebSocket protocol is spoken', { code: 426 });

/** An opening handshake: what it asks for, or why it is none. */
export type Handshake = { readonly upgrade: UpgradeRequest } | { readonly refusal: Response };

/** Reads what a client offers to speak. */
export function readOffer(header: ReadHeader): Handshake {
  const offered = header('sec-websocket-protocol');
  const subprotocols = offered === undefined ? [] : offered.split(',').map((name) => name.trim());
  // not named in the message: one of them may be a secret
  if (!subprotocols.every((name) => token.test(name)) || new Set(subprotocols).size < subprotocols.length)
    return { refusal: apiErrorResponse(badRequest('the header Sec-WebSocket-Protocol is malformed')) };
  return { upgrade: { protocol: 'websocket', subprotocols } };
}

/** Reads an opening handshake of HTTP/1.1 (RFC 6455, 4.2.1). */
export function readHandshake(header: ReadHeader): Handshake {
  if (header('sec-websocket-version') !== '13') {
    const { headers, ...rest } = apiErrorResponse(otherVersion);
    return { refusal: { ...rest, headers: { ...headers, 'sec-websocket-version': '13' } } };
  }
  if (!key.test(header('sec-websocket-key') ?? ''))
    return { refusal: apiErrorResponse(badRequest('the header Sec-WebSocket-Key is missing or malformed')) };
  return readOffer(header);
}
