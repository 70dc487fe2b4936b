import type { Connection } from '../kubeconfig/connection.ts';
import { networkTransport, type NetworkOptions } from '../transport/network-transport.ts';
import { createClient, type Client, type ClientOptions } from './client.ts';

/** A client that owns its connections. */
export interface NetworkClient extends Client, AsyncDisposable {
  /** No request is taken any more, those under way end first; with `abort` they end at once, as they do where it is disposed of. */
  close(abort?: boolean): void;
}

/** Makes a client of the server that a connection names, as the user it names. Opens nothing yet. */
export function connectClient(
  connection: Connection,
  options: NetworkOptions & Omit<ClientOptions, 'transport' | 'basePath'> = {},
): NetworkClient {
  const transport = networkTransport(connection, options);
  const client = createClient({ ...options, transport: transport.send, basePath: new URL(connection.server).pathname });
  return {
    ...client,
    close: (abort) => transport.close(abort),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
