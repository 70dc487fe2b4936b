import { isUtf8 } from 'node:buffer';
import { ApiError } from '@kcp/api-machinery';
import type { Request, UpgradeRequest } from '@kcp/http';

/** What a browser, which can send no Authorization header with a WebSocket, puts its token into. */
const PREFIX = 'base64url.bearer.authorization.k8s.io.';

/** What the sub-protocols of an upgrade say of who asks. */
export type SocketToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'token'; readonly token: string };

/**
 * Reads the bearer token among the sub-protocols: unpadded base64url after a prefix, once, beside at least one protocol that can
 * be spoken (k8s.io/apiserver authentication/request/websocket).
 */
export function socketToken(upgrade: UpgradeRequest | undefined): SocketToken {
  const found = upgrade?.subprotocols.filter(isToken) ?? [];
  const [first] = found;
  if (first === undefined) return { kind: 'none' };
  const encoded = first.slice(PREFIX.length);
  if (found.length > 1 || !/^[\w-]*$/.test(encoded) || encoded.length % 4 === 1) return { kind: 'malformed' };
  const decoded = Buffer.from(encoded, 'base64url');
  if (!isUtf8(decoded)) return { kind: 'malformed' };
  if (decoded.byteLength === 0) return { kind: 'none' };
  if (spokenProtocols(upgrade).length === 0) return { kind: 'malformed' };
  return { kind: 'token', token: decoded.toString('utf8') };
}

/** What can be spoken of what a client offers: what holds a token is for nobody else to see. */
export function spokenProtocols(upgrade: UpgradeRequest | undefined): readonly string[] {
  return upgrade?.subprotocols.filter((name) => !isToken(name)) ?? [];
}

function isToken(subprotocol: string): boolean {
  return subprotocol.startsWith(PREFIX);
}

/**
 * Refuses upgrades that a page of another site may have made its visitor's browser ask for. The same-origin policy does not hold
 * for WebSockets; tokens a browser sends only where the page has them, client certificates it sends by itself. Throws Forbidden.
 */
export function refuseForeignOrigin(request: Request): void {
  const origin = request.header('origin');
  if (!request.upgrade || origin === undefined) return;
  const host = hostOf(origin);
  if (host === undefined) throw forbidden('the origin of the request is none');
  if (request.peer.certificate !== undefined && host !== request.header('host')?.toLowerCase())
    throw forbidden('a page of another origin may not use a client certificate');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host || undefined : undefined;
}

function forbidden(message: string): ApiError {
  return new ApiError('Forbidden', message, { details: {} });
}
