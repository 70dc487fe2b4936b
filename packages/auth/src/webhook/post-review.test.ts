import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutbound, type Outbound, type OutboundOptions } from '@kcp/outbound';
import { startHttpsServer, type HttpsServer } from '../testing/https-server.ts';
import { postReview, type ReviewCalls } from './post-review.ts';

const parts = new AsyncDisposableStack();
let server: HttpsServer;
let outbound: Outbound;
let answer: (response: ServerResponse) => void;
let seen: { authorization: string | undefined; body: string }[];
beforeAll(async () => {
  outbound = parts.use(createOutbound());
  server = parts.use(
    await startHttpsServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        seen.push({ authorization: request.headers.authorization, body });
        answer(response);
      });
    }),
  );
});
afterAll(() => parts.disposeAsync());

const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 't' } };
async function post(respond: typeof answer, more: Partial<ReviewCalls> = {}) {
  answer = respond;
  seen = [];
  const waits: number[] = [];
  const codes: string[] = [];
  const result = await postReview(review, {
    endpoint: {
      url: `${server.url}/review`,
      tls: { caBundle: server.authority.certificate },
      authorization: 'Bearer us',
    },
    outbound,
    tenant: 'test',
    wait: (ms) => (waits.push(ms), Promise.resolve()),
    random: () => 0,
    observe: (code) => void codes.push(code),
    clock: () => 0,
    ...more,
  }).catch((error: Error) => error.message);
  return { result, waits, codes };
}
const say =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

describe('a review', () => {
  it('is posted with our credential, and its answer’s status is given', async () => {
    const { result, codes } = await post(say(201, { ...review, status: { authenticated: true } }));
    expect(result).toEqual({ authenticated: true });
    expect(codes).toEqual(['201']);
    expect(seen).toEqual([
      {
        authorization: 'Bearer us',
        body: JSON.stringify({ ...review, metadata: { creationTimestamp: null }, status: {} }),
      },
    ]);
  });
  it('need not say again what it is', async () => {
    expect((await post(say(200, { status: { authenticated: false } }))).result).toEqual({ authenticated: false });
    expect((await post(say(200, {}))).result).toEqual({});
  });
  it.each([
    ['500', say(500, 'oh')],
    ['429', say(429, 'oh')],
    ['504', say(504, 'oh')],
    ['503', say(503, 'oh', { 'retry-after': '1' })],
  ])('is posted five times where the answer is %s', async (code, respond) => {
    const { result, waits, codes } = await post(respond);
    expect(result).toBe(`the webhook answered ${code}: oh`);
    expect(waits).toEqual([500, 750, 1125, 1687.5]);
    expect(codes).toEqual(Array(5).fill(code));
  });
  it('is posted again where the connection is reset, and taken as soon as there is an answer', async () => {
    const { result, waits, codes } = await post((response) => {
      if (seen.length < 3) server.reset();
      else say(200, { status: { a: 1 } })(response);
    });
    expect(result).toEqual({ a: 1 });
    expect([waits.length, codes.at(-1)]).toEqual([codes.length - 1, '200']);
    expect(waits.length).toBeGreaterThan(0);
  });
  it('waits up to a fifth longer, by chance', async () => {
    expect((await post(say(500, ''), { random: () => 0.5 })).waits[0]).toBe(550);
  });
  it.each([
    ['403', say(403, 'go away'), 'the webhook answered 403: go away'],
    ['503', say(503, ''), 'the webhook answered 503: '],
    ['a redirect', say(302, '', { location: '/' }), 'the webhook answered 302: '],
    ['no JSON', say(200, '<html>'), 'the webhook answered what is no JSON'],
    ['no object', say(200, []), 'the webhook answered what is no object'],
    ['no status', say(200, { status: 'yes' }), 'the webhook answered no status'],
    [
      'another kind',
      say(200, { kind: 'Pod', apiVersion: 'v1' }),
      'the webhook answered "v1", Kind="Pod", expected authentication.k8s.io/v1, Kind=TokenReview',
    ],
    [
      'another version',
      say(200, { ...review, apiVersion: 'authentication.k8s.io/v1beta1' }),
      'the webhook answered "authentication.k8s.io/v1beta1", Kind="TokenReview", expected authentication.k8s.io/v1, Kind=TokenReview',
    ],
  ])('is not posted again where the answer is %s', async (_what, respond, why) => {
    const { result, waits } = await post(respond);
    expect([result, waits]).toEqual([why, []]);
  });
  it('ends with a webhook that hangs', async () => {
    const impatient = (limits: OutboundOptions['limits']) => parts.use(createOutbound({ ...(limits && { limits }) }));
    const { result, codes } = await post(() => {}, { outbound: impatient({ totalMs: 30 }) });
    expect(result).toContain('context deadline exceeded');
    expect(codes).toEqual(['<error>']);
  });
});
