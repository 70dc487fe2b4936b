import type { Server } from 'node:tls';
import type { Meter } from '@kcp/telemetry';

/** Counts the connections that never become any. */
export function countRefused(server: Server, meter: Meter): void {
  const handshakes = meter.counter({
    name: 'apiserver_tls_handshake_errors_total',
    help: 'Connections whose TLS handshake failed.',
  });
  const dropped = meter.counter({
    name: 'http_dropped_connections_total',
    help: 'Connections closed at once because too many are open.',
  });
  server.on('drop', () => dropped.add(1));
  server.on('tlsClientError', () => handshakes.add(1));
}
