import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';

/** What a flood is made of. */
export interface FloodOrder {
  readonly port: number;
  readonly authority: string;
  readonly token: string;
  readonly connections: number;
  readonly method: string;
  readonly path: string;
  /** `#` in it is a number that comes once. */
  readonly body: string;
}

/** What came of a flood. */
export interface FloodCount {
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Connections that broke off without an answer. */
  readonly broken: number;
  /** 429 without a Retry-After. */
  readonly bare: number;
}

/**
 * Somebody who asks without a pause over many connections, in a process of its own, so that who measures is not slowed down by
 * it: told what to do by a first message, it says `flooding` once every connection had an answer, and at `stop` what came of it.
 */
const answers: Record<string, number> = {};
let broken = 0;
let bare = 0;
const ending = new AbortController();

process.once('message', (order: FloodOrder) => {
  void flood(order);
});
process.on('disconnect', () => process.exit());

async function flood(order: FloodOrder): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections, ca: order.authority });
  let serial = 0;
  const one = async (): Promise<void> => {
    serial += 1;
    const { status, retryAfter } = await send(order, agent, order.body.replace('#', `${process.pid}-${serial}`));
    answers[status] = (answers[status] ?? 0) + 1;
    if (status !== 429) return;
    if (retryAfter === undefined) bare += 1;
    // what every client does
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(retryAfter ?? 1)));
  };
  const attempt = (): Promise<void> => one().catch(() => void (broken += 1));
  const first = Array.from({ length: order.connections }, attempt);
  const rest = first.map(async (begun) => {
    await begun;
    while (!ending.signal.aborted) await attempt();
  });
  await Promise.all(first);
  process.send?.('flooding');
  process.once('message', () => ending.abort());
  await Promise.all(rest);
  agent.destroy();
  process.send?.({ answers, broken, bare } satisfies FloodCount);
}

function send(
  { port, token, method, path }: FloodOrder,
  agent: Agent,
  body: string,
): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer: IncomingMessage) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
