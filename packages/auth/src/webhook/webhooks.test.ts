import { describe, expect, it } from '@jest/globals';
import { isObject, own, parseJson, type JsonObject } from '@kcp/api-machinery';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import type { Outbound } from '@kcp/outbound';
import { silentLogger } from '@kcp/telemetry';
import type { Attributes } from '../authorizer.ts';
import type { UserInfo } from '../user.ts';
import { authorizationWebhook } from './authorization-webhook.ts';
import { tokenWebhook } from './token-webhook.ts';

const root = parseName('root') as LogicalCluster;
const jane: UserInfo = { name: 'jane', uid: '7', groups: ['devs'], extra: {} };
const attributes = (more: Partial<Attributes> = {}): Attributes =>
  ({ kind: 'path', user: jane, cluster: root, verb: 'get', path: '/x', ...more }) as Attributes;

/** The other end, in the process: what is asked, and what is answered. */
function calls(status: JsonObject | (() => JsonObject)) {
  const asked: JsonObject[] = [];
  const outbound: Outbound = {
    send: async ({ body }) => {
      const review = parseJson(Buffer.from(body ?? []).toString());
      const spec = isObject(review) ? own(review, 'spec') : undefined;
      if (spec !== undefined && isObject(spec)) asked.push(spec);
      const answered = typeof status === 'function' ? status() : status;
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ status: answered })) };
    },
    stream: () => Promise.reject(new Error('webhooks answer at once')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const time = { now: 0 };
  const common = {
    outbound,
    endpoint: { url: 'https://webhook.test/' },
    tenant: 'test',
    wait: () => Promise.resolve(),
    random: () => 0,
    clock: () => time.now,
    logger: silentLogger,
  };
  return { asked, time, common };
}

describe('an authorization webhook', () => {
  const with_ = (status: JsonObject, more: { version?: 'v1' | 'v1beta1'; otherMs?: number } = {}) => {
    const { asked, time, common } = calls(status);
    const { version = 'v1', otherMs = 30 } = more;
    return { asked, time, authorize: authorizationWebhook({ ...common, version, allowedMs: 300, otherMs }) };
  };
  it('is remembered longer for a yes than for anything else', async () => {
    const yes = with_({ allowed: true, reason: 'because' });
    expect(await yes.authorize(attributes())).toEqual({ kind: 'allow', reason: 'because' });
    yes.time.now = 299;
    expect(yes.authorize(attributes())).toEqual({ kind: 'allow', reason: 'because' });
    yes.time.now = 300;
    await yes.authorize(attributes());
    expect(yes.asked.length).toBe(2);
    const no = with_({ allowed: false });
    expect(await no.authorize(attributes())).toEqual({ kind: 'noOpinion', reason: '' });
    no.time.now = 30;
    await no.authorize(attributes());
    expect(no.asked.length).toBe(2);
  });
  it('that allows and denies denies', async () => {
    expect(await with_({ allowed: true, denied: true }).authorize(attributes())).toMatchObject({ kind: 'deny' });
  });
  it('is not taken at its word where that is no boolean', async () => {
    expect(await with_({ allowed: 'true' }).authorize(attributes())).toMatchObject({
      kind: 'noOpinion',
      error: expect.any(Error),
    });
  });
  it('is told groups by the name that its version has for them, and the cluster whatever the user says', async () => {
    const extra = { 'authorization.kcp.io/cluster-name': ['elsewhere'] };
    const old = with_({}, { version: 'v1beta1' });
    await old.authorize(attributes({ user: { ...jane, extra } }));
    expect(old.asked).toEqual([
      {
        nonResourceAttributes: { path: '/x', verb: 'get' },
        user: 'jane',
        group: ['devs'],
        extra: { 'authorization.kcp.io/cluster-name': ['root'] },
        uid: '7',
      },
    ]);
  });
  it('is asked about what a user is in the cluster: a stranger outside the scope, and each warrant', async () => {
    const scoped = {
      ...jane,
      groups: ['devs', 'system:authenticated'],
      extra: { 'authentication.kcp.io/scopes': ['cluster:other'] },
    };
    const stranger = with_({});
    await stranger.authorize(attributes({ user: scoped }));
    expect(stranger.asked).toMatchObject([
      { user: 'system:anonymous', groups: ['system:authenticated', 'system:cluster:other'] },
    ]);
    const warranted = with_({});
    await warranted.authorize(
      attributes({ user: { ...jane, extra: { 'authorization.kcp.io/warrant': ['{"user":"joe"}'] } } }),
    );
    expect(warranted.asked.map((spec) => spec['user'])).toEqual(['jane', 'joe']);
  });
  it('is not remembered for questions that are all the asker’s choice', async () => {
    const { asked, authorize } = with_({ allowed: true });
    for (let n = 0; n < 2; n += 1) await authorize(attributes({ path: `/${'x'.repeat(10_000)}` }));
    expect(asked.length).toBe(2);
  });
});

describe('a token webhook', () => {
  const with_ = (status: JsonObject | (() => JsonObject), audiences: readonly string[] = ['api']) => {
    const { asked, time, common } = calls(status);
    const ask = tokenWebhook({ ...common, version: 'v1', audiences, cacheMs: 100 });
    return {
      asked,
      time,
      ask: (token: string, wanted: readonly string[] = []) => ask({ token, digest: token, audiences: wanted }),
    };
  };
  const known = { authenticated: true, user: { username: 'jane' } };
  it('is asked once for all who ask at a time, and again when its answer is old', async () => {
    const { asked, time, ask } = with_(known);
    await Promise.all([ask('t'), ask('t'), ask('u')]);
    expect(asked.length).toBe(2);
    time.now = 99;
    expect(ask('t')).toMatchObject({ kind: 'authenticated' });
    time.now = 100;
    await ask('t');
    expect(asked.length).toBe(3);
  });
  it('that says why it cannot tell is asked again', async () => {
    const { asked, ask } = with_({ authenticated: false, error: 'the directory is down' });
    for (let n = 0; n < 2; n += 1) expect(await ask('t')).toEqual({ kind: 'refused', why: 'the directory is down' });
    expect(asked.length).toBe(2);
  });
  it('answers for audiences: its own, else the server’s', async () => {
    expect(await with_({ ...known, audiences: ['x'] }).ask('t', ['x', 'y'])).toMatchObject({ audiences: ['x'] });
    expect(await with_({ ...known, audiences: ['x'] }).ask('t')).toEqual({ kind: 'none' });
    expect(await with_(known).ask('t', ['api', 'y'])).toMatchObject({ audiences: ['api'] });
    expect(await with_(known).ask('t', ['y'])).toEqual({ kind: 'none' });
  });
  it.each([
    { authenticated: 'true' },
    { authenticated: true, user: [] },
    { authenticated: true, user: { username: 1 } },
    { authenticated: true, user: { username: 'a', groups: 'system:masters' } },
    { authenticated: true, user: { username: 'a', extra: { a: 'b' } } },
  ])('that answers %j is not believed', async (status) => {
    expect(await with_(status).ask('t')).toMatchObject({ kind: 'refused' });
  });
});
