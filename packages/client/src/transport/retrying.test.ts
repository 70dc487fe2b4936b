import { describe, expect, it } from '@jest/globals';
import type { Transport, TransportResponse } from '@kcp/http';
import { ConnectionError } from './connection-error.ts';
import { retryAfterMs, retrying } from './retrying.ts';

function answer(status: number, headers: Readonly<Record<string, string>> = {}): TransportResponse {
  return { status, headers, body: (async function* () {})(), bytes: () => Promise.resolve(Buffer.alloc(0)) };
}

type Step = TransportResponse | Error;

async function play(method: string, steps: readonly Step[], tries = 4) {
  const waits: number[] = [];
  let at = 0;
  const transport: Transport = () => {
    const step = steps[Math.min(at++, steps.length - 1)] ?? answer(200);
    return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
  };
  const pause = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  const send = retrying(transport, { tries, backoffMs: 100, longestWaitMs: 5000 }, pause);
  const outcome = await send({ method, target: '/' }).then(
    ({ status }) => status,
    (thrown: unknown) => thrown,
  );
  return { outcome, waits, sent: at };
}

const unsent = new ConnectionError('unsent', 'no connection');
const lost = new ConnectionError('lost', 'gone');
const busy = (status: number, seconds = '2') => answer(status, { 'retry-after': seconds });

describe('what is sent again', () => {
  it.each<readonly [string, string, readonly Step[], number, readonly number[]]>([
    ['what was not sent, with a doubling wait', 'POST', [unsent, unsent, answer(201)], 201, [100, 200]],
    ['a read whose connection went', 'GET', [lost, answer(200)], 200, [100]],
    ['anything that was answered with 429', 'POST', [busy(429), answer(201)], 201, [2000]],
    ['a read that was answered with 503', 'GET', [busy(503), answer(200)], 200, [2000]],
    ['a deletion that was answered with 500', 'DELETE', [busy(500, '0'), answer(200)], 200, [0]],
  ])('is %s', async (_what, method, steps, outcome, waits) => {
    expect(await play(method, steps)).toEqual({ outcome, waits, sent: steps.length });
  });

  it.each<readonly [string, string, Step]>([
    ['a write whose connection went', 'PUT', lost],
    ['a creation that was answered with 503', 'POST', busy(503)],
    ['a patch that was answered with 500', 'PATCH', busy(500)],
    ['a refusal that says nothing of later', 'GET', answer(503)],
    ['a refusal that asks for too long a wait', 'GET', busy(429, '3600')],
    ['a refusal that is none', 'GET', busy(404)],
    ['what took too long', 'GET', new ConnectionError('timeout', 'late')],
    ['what its caller gave up', 'GET', new Error('enough')],
  ])('is not %s', async (_what, method, step) => {
    const { outcome, sent } = await play(method, [step]);
    expect(sent).toBe(1);
    expect(outcome).toBe(step instanceof Error ? step : step.status);
  });

  it('has an end, and the last answer is the caller’s', async () => {
    expect(await play('GET', [busy(429)])).toEqual({ outcome: 429, waits: [2000, 2000, 2000], sent: 4 });
    expect(await play('GET', [unsent], 2)).toMatchObject({ outcome: unsent, sent: 2 });
  });
});

describe('Retry-After', () => {
  it('is a number of seconds or a date', () => {
    expect(retryAfterMs('3')).toBe(3000);
    expect(retryAfterMs(['4', '5'])).toBe(4000);
    expect(retryAfterMs('Sun, 06 Nov 1994 08:49:37 GMT', Date.parse('1994-11-06T08:49:30Z'))).toBe(7000);
    expect(retryAfterMs('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(0);
    for (const nothing of [undefined, 'soon', '']) expect(retryAfterMs(nothing)).toBeUndefined();
  });
});
