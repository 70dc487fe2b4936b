import { expect } from '@jest/globals';
import type { BareAnswer, BareRequest } from './bare-client.ts';
import type { ProbedServer } from './probe.ts';

/** Nothing may hold the event loop longer, in milliseconds of work. */
const LIMIT_MS = 50;
/** The first time the code is not compiled yet, and a collection of garbage may come in between. */
const ATTEMPTS = 3;

/** Does something several times, each in a logical cluster of its own or on an object of its own; the best time counts. */
export type HoldsNobody = (what: string, work: (attempt: number) => Promise<void>, limitMs?: number) => Promise<void>;
/** Sends a request; rejects where the answer has another status. */
export type Send = (path: string, request: BareRequest, status: number) => Promise<BareAnswer>;

/** Fails where the best of several attempts holds the event loop too long. */
export async function expectNobodyHeld(
  server: ProbedServer,
  ...[what, work, limitMs = LIMIT_MS]: Parameters<HoldsNobody>
): ReturnType<HoldsNobody> {
  let best = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { turnMs } = await server.survives(what, () => work(attempt));
    best = Math.min(best, turnMs);
  }
  expect(best).toBeLessThan(limitMs);
}

/** Sends a request to a server; rejects where the answer has another status. */
export async function sendExpecting(
  server: ProbedServer,
  ...[path, request, status]: Parameters<Send>
): ReturnType<Send> {
  const answer = await server.client.send(path, request);
  if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
}
