import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { createOutbound, type Outbound } from './outbound.ts';
import { askWebhook, decodeWebhookAddress, ReviewError, type WebhookAddress } from './post-review.ts';
import { statusText } from './review-error.ts';
import { hookServer, type HookReply, type HookServer } from './testing/hook-server.ts';

const parts = new AsyncDisposableStack();
let outbound: Outbound;
let hook: HookServer;
let reply: HookReply = 'hang';

beforeAll(async () => {
  outbound = parts.use(createOutbound());
  hook = parts.use(await hookServer(() => reply));
});
afterAll(() => parts.disposeAsync());

const good: JsonObject = { apiVersion: 'x.k8s.io/v1', kind: 'Review', response: { uid: 'u' } };

function ask(answer: HookReply, address: WebhookAddress = decodeWebhookAddress(hook.clientConfig('/a/b'))) {
  reply = answer;
  // only who never answers has little time: every other answer may be slow on a busy machine
  const timeoutSeconds = answer === 'hang' ? 1 : 30;
  const question = { tenant: 'root', address, timeoutSeconds, apiVersion: 'x.k8s.io/v1', kind: 'Review' };
  return askWebhook(outbound, { ...question, request: { uid: 'u' } });
}

async function why(answer: HookReply, address?: WebhookAddress): Promise<string> {
  try {
    await ask(answer, address);
  } catch (error) {
    if (error instanceof ReviewError) return error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'hook');
    throw error;
  }
  return 'answered';
}

describe('a review', () => {
  it('is posted with its time limit, and its answer comes back', async () => {
    hook.forget();
    expect(await ask({ body: good })).toEqual(good);
    expect(hook.reviews).toEqual([
      { path: '/a/b?timeout=30s', review: { kind: 'Review', apiVersion: 'x.k8s.io/v1', request: { uid: 'u' } } },
    ]);
  });

  it.each([
    ['//a//b/', '/a/b'],
    ['/a/../b', '/b'],
    ['/', '/'],
    ['', '/'],
    ['/a%2Fb', '/a%2Fb'],
  ])('for %j is posted to %s', async (path, posted) => {
    hook.forget();
    await ask({ body: good }, decodeWebhookAddress(hook.clientConfig(path)));
    expect(hook.reviews.map((review) => review.path)).toEqual([`${posted}?timeout=30s`]);
  });

  it('may be answered without saying what it is', async () => {
    expect(await ask({ body: { response: {} } })).toEqual({ response: {} });
  });

  it.each<[string, HookReply, string]>([
    ['that hangs', 'hang', 'Post "https://hook/a/b?timeout=1s": context deadline exceeded'],
    ['that cuts the connection', 'break', 'Post "https://hook/a/b?timeout=30s": EOF'],
    ['that stops halfway', 'truncate', 'Post "https://hook/a/b?timeout=30s": unexpected EOF'],
    ['that says nothing', { body: '' }, "couldn't get version/kind; json parse error: unexpected end of JSON input"],
    [
      'that talks rubbish',
      { body: '<html>' },
      "couldn't get version/kind; json parse error: invalid character '<' looking for beginning of value",
    ],
    [
      'that nests too deeply',
      { body: '['.repeat(100_000) },
      "couldn't get version/kind; json parse error: invalid character '[' exceeded max depth",
    ],
    ['that answers a list', { body: '[]' }, "couldn't get version/kind; json parse error: json: no object"],
    ['whose kind is no text', { body: { kind: 1 } }, "couldn't get version/kind; json parse error: kind is no string"],
    [
      'that answers another kind',
      { body: { ...good, kind: 'Other' } },
      'no kind "Other" is registered for version "x.k8s.io/v1": expected "Review" of "x.k8s.io/v1"',
    ],
    [
      'that answers another group',
      { body: { ...good, apiVersion: 'y/v1' } },
      'no kind "Review" is registered for version "y/v1": expected "Review" of "x.k8s.io/v1"',
    ],
    [
      'that answers another version',
      { body: { ...good, apiVersion: 'x.k8s.io/v1beta1' } },
      'converting (v1beta1.Review) to (v1.Review): unknown conversion',
    ],
    [
      'that redirects',
      { status: 302, body: '' },
      'the server responded with the status code 302 but did not return more information',
    ],
    [
      'that fails with a text',
      { status: 500, body: ' out of order\n', type: 'text/plain' },
      'an error on the server ("out of order") has prevented the request from succeeding',
    ],
    [
      'that fails with JSON',
      { status: 500, body: { message: 'x' } },
      'an error on the server ("unknown") has prevented the request from succeeding',
    ],
    [
      'that answers too much',
      { body: { ...good, more: 'x'.repeat(3 * 1024 * 1024) } },
      'Post "https://hook/a/b?timeout=30s": the answer is larger than 3145728 bytes',
    ],
  ])('of a webhook %s fails', async (_, answer, message) => {
    expect(await why(answer)).toBe(message);
  });

  it('reaches nobody by a service, without an address, or without TLS', async () => {
    const service = { name: 'hook', namespace: 'here' };
    expect(await why({ body: good }, decodeWebhookAddress({ service }))).toBe(
      'service "here/hook" cannot be called: there are no services here, give a url instead',
    );
    expect(await why({ body: good }, decodeWebhookAddress({}))).toBe(
      'webhook configuration must have either service or URL',
    );
    expect(await why({ body: good }, { url: 'http://127.0.0.1/' })).toBe(
      'Unparsable URL: "http://127.0.0.1/" is not https',
    );
    expect(await why({ body: good }, { url: 'https://[' })).toBe('Unparsable URL: parse "https://[": invalid URL');
  });

  it('trusts the bundle’s authorities only', async () => {
    const { url } = hook.clientConfig('/a/b');
    expect(await why({ body: good }, { url })).toMatch(/x509: certificate signed by unknown authority/);
    const blank = Buffer.from(' \n').toString('base64');
    expect(decodeWebhookAddress({ url, caBundle: blank })).toEqual({ url });
  });
});

describe('the text of a status', () => {
  it.each([
    [400, 'the server rejected our request for an unknown reason'],
    [401, 'the server has asked for the client to provide credentials'],
    [403, 'said'],
    [404, 'the server could not find the requested resource'],
    [405, 'the server does not allow this method on the requested resource'],
    [406, 'said'],
    [409, 'the server reported a conflict'],
    [418, 'the server responded with the status code 418 but did not return more information'],
    [422, 'the server rejected our request due to an error in our request'],
    [429, 'the server has received too many requests and has asked us to try again later'],
    [502, 'an error on the server ("said") has prevented the request from succeeding'],
    [503, 'the server is currently unable to handle the request'],
    [504, 'the server was unable to return a response in the time allotted, but may still be processing the request'],
  ])('%d: %s', (status, text) => {
    expect(statusText(status, 'said')).toBe(text);
  });
});
