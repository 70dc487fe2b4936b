import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Health } from '@kcp/controller';
import type { ProgramMeter } from '@kcp/process';

/** What probes are served from. */
export interface ProbeOptions {
  readonly address: string;
  readonly port: number;
  readonly health: Health;
  readonly meter: ProgramMeter;
}

/** A server of probes. */
export interface Probes extends AsyncDisposable {
  readonly url: string;
}

/** Serves /healthz, /readyz (503 before caches hold what there is) and /metrics. */
export async function serveProbes({ address, port, health, meter }: ProbeOptions): Promise<Probes> {
  const server = createServer((request, response) => {
    const say = (code: number, text: string, type = 'text/plain'): void => {
      response.writeHead(code, { 'content-type': type }).end(text);
    };
    if (request.method !== 'GET') return say(405, 'method not allowed\n');
    switch (request.url ?? '') {
      case '/healthz':
        return say(200, 'ok\n');
      case '/readyz':
        return say(health.isReady ? 200 : 503, `${JSON.stringify(health.state)}\n`, 'application/json');
      case '/metrics':
        return void meter.exposition().then(
          (text) => say(200, text, meter.contentType),
          () => say(500, 'no metrics\n'),
        );
      default:
        return say(404, 'not found\n');
    }
  });
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    url: `http://${address}:${boundPort}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
