import { clientCertificates, type Authenticator } from '@kcp/auth';
import { networkTransport, type Connection } from '@kcp/client';
import { startDoor, type DoorTls } from '@kcp/http';
import type { Logger, Meter } from '@kcp/telemetry';
import { surfaceDoor } from './surface-door.ts';

/** What a door of its own is opened with. */
export interface SurfaceServerOptions {
  /** The server behind it, and who the door is there. Only who comes with a certificate is passed on in the door's name. */
  readonly connection: Connection;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** With an authority for clients, their certificates count. */
  readonly tls: DoorTls;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A door that is open. */
export interface SurfaceServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Sends once: whether to try again is the caller's business, who is told what the server said. */
const ONCE = { retries: { tries: 1 } };

/** Opens a door to the surfaces of a server. Rejects with Node's error where the port or the keys are no good. */
export async function startSurfaceDoor(options: SurfaceServerOptions): Promise<SurfaceServer> {
  const { connection, host, port, tls, clock, logger, meter } = options;
  await using parts = new AsyncDisposableStack();
  const { server, authority, tlsServerName, insecureSkipTlsVerify, proxyUrl } = connection;
  const address = {
    server,
    authority,
    tlsServerName,
    proxyUrl,
    ...(insecureSkipTlsVerify !== undefined && { insecureSkipTlsVerify }),
  };
  const asSender = parts.use(networkTransport({ ...address, compression: false }, ONCE));
  const asDoor = parts.use(networkTransport({ ...connection, impersonate: undefined, compression: false }, ONCE));
  const certificates: Authenticator | undefined =
    tls.clientCa === undefined ? undefined : clientCertificates({ clock });
  const handler = surfaceDoor({ behind: { asSender: asSender.send, asDoor: asDoor.send }, certificates, logger });
  const door = parts.use(await startDoor({ host, port, tls, handler, logger, meter }));
  const owned = parts.move();
  return { url: door.url, port: door.port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
