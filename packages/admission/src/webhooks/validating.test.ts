import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { parseName, root } from '@kcp/logical-cluster';
import type { HookServer } from '@kcp/outbound/testing';
import { admissionHook, patch, refusal, say, type Reply } from '../testing/admission-hook.ts';
import { webhook, WebhookWorld } from '../testing/webhook-world.ts';

const parts = new AsyncDisposableStack();
let hook: HookServer;
let world: WebhookWorld;
let replies: Record<string, Reply>;

beforeAll(async () => {
  hook = parts.use(await admissionHook(() => replies));
});
afterAll(() => parts.disposeAsync());
beforeEach(async () => {
  world = await WebhookWorld.open();
  replies = { allow: say({ allowed: true }), deny: say({ allowed: false }) };
  hook.forget();
});
afterEach(() => world[Symbol.asyncDispose]());

const hooked = (path: string, more: JsonObject = {}): JsonObject => webhook(path, hook.clientConfig(`/${path}`), more);
const paths = (): readonly string[] => hook.reviews.map(({ path }) => path.split('?')[0]?.slice(1) ?? '');

describe('validating webhooks', () => {
  it('are asked in one review each, whole and in the words of the API', async () => {
    await world.configure('Validating', { webhooks: [hooked('allow')] });
    await world.ask({ options: { kind: 'CreateOptions', fieldManager: 'x' } });
    expect(hook.reviews.map(({ review: sent }) => sent)).toEqual([
      {
        kind: 'AdmissionReview',
        apiVersion: 'admission.k8s.io/v1',
        request: {
          uid: 'uid-1',
          kind: { group: '', version: 'v1', kind: 'ConfigMap' },
          resource: { group: '', version: 'v1', resource: 'configmaps' },
          requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
          requestResource: { group: '', version: 'v1', resource: 'configmaps' },
          name: 'late',
          namespace: 'here',
          operation: 'CREATE',
          userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
          object: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'late', namespace: 'here', annotations: { 'kcp.io/cluster': 'root' } },
          },
          oldObject: null,
          dryRun: false,
          options: { kind: 'CreateOptions', fieldManager: 'x' },
        },
      },
    ]);
  });

  it.each<[string, JsonObject, readonly unknown[]]>([
    ['nothing', {}, [400, '', 'admission webhook "no.example.com" denied the request without explanation']],
    ['a message', { message: 'no' }, [400, '', 'admission webhook "no.example.com" denied the request: no']],
    [
      'a reason',
      { reason: 'Because' },
      [400, 'Because', 'admission webhook "no.example.com" denied the request: Because'],
    ],
    [
      'a code',
      { code: 409, message: 'no', reason: 'Conflict' },
      [409, 'Conflict', 'admission webhook "no.example.com" denied the request: no'],
    ],
    [
      'a good code',
      { code: 201, message: 'no' },
      [400, '', 'admission webhook "no.example.com" denied the request: no'],
    ],
    [
      'no code at all',
      { code: 1e9, message: 'no' },
      [400, '', 'admission webhook "no.example.com" denied the request: no'],
    ],
  ])('that refuse with %s are quoted', async (_, status, expected) => {
    replies['no'] = say({ allowed: false, status });
    await world.configure('Validating', { webhooks: [hooked('no')] });
    expect(await refusal(world)).toEqual(expected);
  });

  it.each<[string, Reply, string]>([
    ['that hang', () => 'hang', 'failed to call webhook: Post "https://hook/x?timeout=1s": context deadline exceeded'],
    ['that die', () => 'break', 'failed to call webhook: Post "https://hook/x?timeout=30s": EOF'],
    [
      'that talk rubbish',
      () => ({ body: '?' }),
      "failed to call webhook: couldn't get version/kind; json parse error: invalid character '?' looking for beginning of value",
    ],
    [
      'that answer another question',
      say({ uid: 'other', allowed: true }),
      'received invalid webhook response: expected response.uid="uid-1", got "other"',
    ],
    [
      'that say neither',
      say({ allowed: 'yes' }),
      'received invalid webhook response: json: response.allowed is not of type bool',
    ],
    [
      'that patch',
      say({ allowed: true, ...patch([]) }),
      'received invalid webhook response: validating webhook may not return response.patch',
    ],
  ])('%s refuse the request under Fail and let it pass under Ignore', async (how, reply, why) => {
    replies['x'] = reply;
    // only those that never answer have little time: a busy machine may be slow with the others
    const timeoutSeconds = how === 'that hang' ? 1 : 30;
    const config = (failurePolicy: string) => ({ webhooks: [hooked('x', { failurePolicy, timeoutSeconds })] });
    await world.configure('Validating', { name: 'ignore', ...config('Ignore') });
    const { annotations } = await world.ask();
    expect(annotations).toEqual({ 'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'x.example.com' });
    await world[Symbol.asyncDispose]();
    world = await WebhookWorld.open();
    await world.configure('Validating', config('Fail'));
    expect(await refusal(world)).toEqual([
      500,
      'InternalError',
      `Internal error occurred: failed calling webhook "x.example.com": ${why}`,
    ]);
  });

  it('are asked at the same time; the first in order that refuses is told, and the warnings of all', async () => {
    const both = Promise.withResolvers<undefined>();
    let waiting = 0;
    const meet =
      (answer: JsonObject): Reply =>
      async (request) => {
        waiting += 1;
        if (waiting === 2) both.resolve(undefined);
        await both.promise;
        return say(answer)(request);
      };
    replies['one'] = meet({ allowed: false, status: { message: 'one' }, warnings: ['from one'] });
    replies['two'] = meet({ allowed: false, status: { message: 'two' }, warnings: ['from two'] });
    await world.configure('Validating', { webhooks: [hooked('one'), hooked('two')] });
    const warnings: string[] = [];
    expect(await refusal(world, { warn: (text) => warnings.push(text) })).toEqual([
      400,
      '',
      'admission webhook "one.example.com" denied the request: one',
    ]);
    expect(warnings.sort()).toEqual(['from one', 'from two']);
  });

  it('are missed at once when they are killed, with a call under way or between two', async () => {
    const asked = Promise.withResolvers<undefined>();
    const mortal = await admissionHook(() => ({
      allow: say({ allowed: true }),
      wait: () => {
        asked.resolve(undefined);
        return 'hang';
      },
    }));
    const other = parseName('other') ?? root;
    await world.configure('Validating', { webhooks: [webhook('allow', mortal.clientConfig('/allow'))] });
    await world.configure('Validating', { webhooks: [webhook('wait', mortal.clientConfig('/wait'))], cluster: other });
    expect(await refusal(world)).toEqual(['allowed']);
    const waiting = refusal(world, { cluster: other });
    await asked.promise;
    await mortal[Symbol.asyncDispose]();
    expect((await waiting)[2]).toMatch(/Post "https:\/\/hook\/wait\?timeout=10s": EOF$/);
    expect((await refusal(world))[2]).toMatch(/dial tcp hook: connect: connection refused$/);
  });

  it('add to the audit log under their own name', async () => {
    replies['audit'] = say({ allowed: true, auditAnnotations: { seen: 'yes' } });
    await world.configure('Validating', { webhooks: [hooked('audit')] });
    expect((await world.ask()).annotations).toEqual({ 'audit.example.com/seen': 'yes' });
  });

  it('with side effects refuse dry runs, even where failures are ignored', async () => {
    const more = { sideEffects: 'Some', failurePolicy: 'Ignore' };
    await world.configure('Validating', { webhooks: [hooked('allow', more)] });
    expect(await refusal(world, { dryRun: true })).toEqual([
      400,
      'BadRequest',
      'admission webhook "allow.example.com" does not support dry run',
    ]);
    expect(await refusal(world)).toEqual(['allowed']);
  });

  it('of version v1beta1 need not say what they answer', async () => {
    replies['old'] = () => ({ body: { response: { allowed: false } } });
    await world.configure('Validating', { webhooks: [hooked('old', { admissionReviewVersions: ['v2', 'v1beta1'] })] });
    expect((await refusal(world))[2]).toBe(
      'admission webhook "old.example.com" denied the request without explanation',
    );
    expect(hook.reviews[0]?.review['apiVersion']).toBe('admission.k8s.io/v1beta1');
  });

  it('are not asked where their conditions do not hold; conditions that fail forbid, or are ignored', async () => {
    const when = (expression: string, failurePolicy = 'Fail') =>
      hooked('deny', { matchConditions: [{ name: 'c', expression }], failurePolicy });
    await world.configure('Validating', { name: 'a', webhooks: [when('false'), when('object.none == 1', 'Ignore')] });
    expect(await refusal(world)).toEqual(['allowed']);
    await world.configure('Validating', { name: 'b', webhooks: [when('object.none == 1')] });
    expect(await refusal(world)).toEqual([
      403,
      'Forbidden',
      'configmaps "late" is forbidden: expression \'object.none == 1\' resulted in error: no such key: none',
    ]);
    expect(paths()).toEqual([]);
  });

  it('are never asked about what configures them', async () => {
    await world.configure('Validating', { webhooks: [hooked('deny')] });
    const group = 'admissionregistration.k8s.io';
    const kind = { group, version: 'v1', kind: 'ValidatingWebhookConfiguration' };
    const resource = { group, version: 'v1', resource: 'validatingwebhookconfigurations' };
    expect(await refusal(world, { kind, resource })).toEqual(['allowed']);
  });

  it('see and stop nothing of another logical cluster', async () => {
    const other = parseName('other') ?? root;
    await world.configure('Validating', { webhooks: [hooked('deny')] });
    expect(await refusal(world, { cluster: other })).toEqual(['allowed']);
    expect(paths()).toEqual([]);
    expect((await refusal(world))[0]).toBe(400);
  });

  it('count from the moment that they are stored', async () => {
    expect(await refusal(world)).toEqual(['allowed']);
    await world.configure('Validating', { webhooks: [hooked('deny')] });
    expect((await refusal(world))[0]).toBe(400);
  });
});
