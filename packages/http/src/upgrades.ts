import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from '@kcp/api-machinery';
import type { Gauge } from '@kcp/telemetry';
import { WebSocketServer } from 'ws';
import type { Response } from './exchange.ts';
import type { Limits } from './limits.ts';
import { LiveSocket } from './live-socket.ts';
import type { Upgrade } from './message-socket.ts';
import { validateHeaderName, validateHeaderValue } from './node-http.ts';

/** What Node's `upgrade` event brings. */
export interface UpgradeParts {
  readonly message: IncomingMessage;
  readonly stream: Duplex;
  /** What came after the headers already. */
  readonly head: Buffer;
}

/** The upgraded connections of a door: accepted, counted, asked whether they are there. */
export class Upgrades {
  readonly #limits: Limits;
  readonly #server: WebSocketServer;
  readonly #count: Gauge;
  readonly #live = new Set<LiveSocket>();
  readonly #accepted = new WeakMap<IncomingMessage, { readonly response: Response; readonly upgrade: Upgrade }>();
  #probed = performance.now();

  constructor(limits: Limits, count: Gauge) {
    this.#limits = limits;
    this.#count = count;
    // a variable, because closeTimeout is not among the declared options
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytes,
      closeTimeout: limits.farewellMs,
      handleProtocols: (_offered: Set<string>, message: IncomingMessage) =>
        this.#accepted.get(message)?.upgrade.subprotocol ?? false,
    };
    this.#server = new WebSocketServer(options);
    this.#server.on('headers', (lines, message) => {
      const accepted = this.#accepted.get(message);
      if (accepted) lines.push(...headerLines(accepted.response));
    });
  }

  /** Why no more can be accepted now; undefined where more can. */
  refusal(): ApiError | undefined {
    return this.#live.size < this.#limits.upgrades ? undefined : tooMany;
  }

  /** Answers the opening handshake; undefined where the client is gone. Throws where a header of the answer is none. */
  accept({ message, stream, head }: UpgradeParts, response: Response, upgrade: Upgrade): LiveSocket | undefined {
    // ws would only find out after it began to write
    headerLines(response);
    this.#accepted.set(message, { response, upgrade });
    let live: LiveSocket | undefined;
    this.#server.handleUpgrade(message, stream, head, (socket) => {
      live = new LiveSocket(socket, stream);
    });
    if (live) this.#add(live, stream);
    return live;
  }

  /** Asks all that are due. */
  sweep(now: number): void {
    if (now - this.#probed < this.#limits.pingMs) return;
    this.#probed = now;
    for (const socket of this.#live) socket.probe();
  }

  #add(live: LiveSocket, stream: Duplex): void {
    this.#live.add(live);
    this.#count.set(this.#live.size);
    stream.once('close', () => {
      this.#live.delete(live);
      this.#count.set(this.#live.size);
    });
  }
}

const tooMany = new ApiError('ServiceUnavailable', 'too many upgraded connections are open', {
  details: { retryAfterSeconds: 5 },
});

function headerLines({ headers }: Response): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    validateHeaderName(name);
    return [value].flat().map((one) => {
      validateHeaderValue(name, one);
      return `${name}: ${one}`;
    });
  });
}
