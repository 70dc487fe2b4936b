import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Forwards TCP to a port of this machine, until it does not. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly count: number;
  /** Resets all connections. */
  cut(): void;
  /** Nothing is forwarded any more, and nobody is told: a cable that was pulled. */
  freeze(): void;
}

/** Starts a proxy on a free port. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let frozen = false;
  let count = 0;
  const server = createServer((near) => {
    count += 1;
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.on('data', (piece) => {
        if (!frozen) to.write(piece);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return count;
    },
    cut: () => {
      for (const socket of open) socket.resetAndDestroy();
    },
    freeze: () => {
      frozen = true;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
