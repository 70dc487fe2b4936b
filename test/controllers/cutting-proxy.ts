import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that treats its connections badly. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections were cut. */
  readonly cuts: number;
  /** Every connection is cut after so many bytes of the server's, as the function says for each; Infinity: never. */
  cutAfter(bytes: () => number): void;
  /** Cuts all connections now. */
  cut(): void;
  /** Nothing goes through any more, and nobody is told. */
  stall(): void;
  /** Where connections lead from now on. */
  lead(port: number): void;
}

/** Starts a proxy in front of a port of this machine. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let port = target;
  let limit = (): number => Infinity;
  let stalled = false;
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    let left = limit();
    near.on('data', (bytes) => void (stalled || far.write(bytes)));
    far.on('data', (bytes) => {
      if (stalled) return;
      near.write(bytes.subarray(0, Math.max(left, 0)));
      left -= bytes.length;
      if (left > 0 || near.destroyed) return;
      cuts += 1;
      near.end(end);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cutAll = (): void => {
    for (const [near] of [...pairs]) {
      cuts += 1;
      near.destroy();
    }
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get cuts() {
      return cuts;
    },
    cutAfter: (bytes) => void (limit = bytes),
    cut: cutAll,
    stall: () => void (stalled = true),
    lead: (to) => {
      port = to;
      stalled = false;
    },
    [Symbol.asyncDispose]: async () => {
      for (const [near, far] of [...pairs]) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
