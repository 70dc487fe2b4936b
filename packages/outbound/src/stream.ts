import type { IncomingMessage } from 'node:http';
import type { OutboundCall } from './call.ts';
import { FailureSignal } from './checked-lookup.ts';
import { classify } from './classify.ts';
import { opened, type ExchangeParts } from './exchange.ts';
import type { Phase } from './failure.ts';

/** An answer as it comes in, however long it takes. */
export interface OutboundStream {
  readonly status: number;
  /** Lower-case names; what may stand more than once has all its values. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** As it is sent, in the coding that the headers name. Gone through once; throws where the answer breaks off. Leaving it early ends the call. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a call goes out with. */
export interface StreamParts extends ExchangeParts {
  /** Called once the call is over, for whatever reason, whether or not anybody read the body. */
  readonly over: () => void;
}

/**
 * A request whose answer is handed over as it comes: a watch, a log, a large list. Connecting and the wait for the answer's head have
 * their limits, the body has none. Throws FailureSignal.
 */
export async function openStream(call: OutboundCall, url: URL, parts: StreamParts): Promise<OutboundStream> {
  const request = opened(call, url, parts);
  const { limits, signal } = parts;
  const accepted = call.headers?.['accept-encoding'];
  if (accepted !== undefined) request.setHeader('accept-encoding', [accepted].flat());
  const head = Promise.withResolvers<IncomingMessage>();
  let phase: Phase = 'connect';
  let timer: NodeJS.Timeout | undefined;
  const fail = (error: unknown): void => {
    head.reject(new FailureSignal(classify(error, phase, limits), error));
    request.destroy();
  };
  const enter = (next: Phase, ms: number | undefined): void => {
    clearTimeout(timer);
    phase = next;
    timer = ms === undefined ? undefined : setTimeout(() => fail(new FailureSignal({ kind: 'timeout', phase })), ms);
  };
  const abort = (): void => fail(signal.reason);
  enter('connect', limits.connectMs);
  request.on('socket', (socket) => {
    const ready = (): void => enter('head', limits.headMs);
    if (request.reusedSocket) ready();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', ready);
  });
  request.once('response', (message) => {
    enter('body', undefined);
    head.resolve(message);
  });
  request.on('error', fail);
  request.once('close', () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    parts.over();
  });
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  else request.end(call.body);
  const message = await head.promise;
  return { status: message.statusCode ?? 0, headers: headersOf(message), body: message };
}

function headersOf({ headers }: IncomingMessage): OutboundStream['headers'] {
  const found = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(found);
}
