import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A TCP proxy that a test cuts. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections that were opened so far. */
  readonly opened: number;
  /** Ends all connections now; new ones are accepted again. */
  cut(): void;
  /** Refuses new connections, and ends those there are. */
  close(): void;
  open(): void;
  /** From now on what the server says is swallowed, until the next cut: requests arrive, answers do not. */
  swallowAnswers(): void;
  /** Ends a connection when the server has said so many bytes on it; Infinity, the default, never. */
  cutAfter(bytes: number): void;
}

/** Starts a proxy in front of a port of this machine. */
export const startCuttingProxy = async (target: number): Promise<CuttingProxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  let [opened, limit, isOpen, isSwallowing] = [0, Infinity, true, false];
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
    isSwallowing = false;
  };
  const server = createServer((near) => {
    if (!isOpen) {
      near.destroy();
      return;
    }
    opened += 1;
    const far = connect(target, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      for (const socket of pair) socket.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.pipe(far);
    let said = 0;
    far.on('data', (bytes: Buffer) => {
      if (isSwallowing) return;
      near.write(bytes.subarray(0, Math.max(0, limit - said)));
      said += bytes.byteLength;
      if (said >= limit) near.end(end);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get opened() {
      return opened;
    },
    cut,
    close: () => {
      isOpen = false;
      cut();
    },
    open: () => {
      isOpen = true;
    },
    swallowAnswers: () => {
      isSwallowing = true;
    },
    cutAfter: (bytes) => {
      limit = bytes;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
};
