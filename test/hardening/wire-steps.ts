import type { Wire, WireAnswer, WireRequest } from '@kcp/testing';

const AT_ONCE = 32;
const POLL_MS = 50;

/** Sends a request; rejects where the answer has another status. */
export async function sendOne(wire: Wire, path: string, request: WireRequest, status: number): Promise<WireAnswer> {
  const answer = await wire.request(path, request);
  if (answer.status === status) return answer;
  throw new Error(`${request.method ?? 'GET'} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
}

/** Does something so many times, some at once. */
export async function sendAll(count: number, one: (at: number) => Promise<void>, atOnce = AT_ONCE): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Asks again and again until it is so; rejects where it is not in time. */
export async function until(limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it is not so after ${limitMs / 1000} s: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
