import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { own, type Json, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { HookServer } from '@kcp/outbound/testing';
import { admissionHook, append, at, patch, refusal, say, type Reply } from '../testing/admission-hook.ts';
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

describe('mutating webhooks', () => {
  const data = (object: KubeObject | undefined): Json => own(object ?? {}, 'data') ?? null;

  it('are asked one after the other, by the names of their configurations, and each sees what those before it did', async () => {
    for (const letter of ['1', '2', '3']) replies[letter] = append(letter);
    await world.configure('Mutating', { name: 'b', webhooks: [hooked('2'), hooked('1')] });
    await world.configure('Mutating', { name: 'a', webhooks: [hooked('3')] });
    const { object, annotations } = await world.ask();
    expect(data(object)).toEqual({ trace: '321' });
    expect(Object.values(annotations)).toEqual(
      [
        ['a', '3'],
        ['b', '2'],
        ['b', '1'],
      ].map(([configuration, name]) =>
        JSON.stringify({ configuration, webhook: `${name}.example.com`, mutated: true }),
      ),
    );
  });

  it('that wish so are asked once more where another changed the object after them', async () => {
    replies['1'] = append('1');
    replies['2'] = append('2');
    await world.configure('Mutating', { webhooks: [hooked('1', { reinvocationPolicy: 'IfNeeded' }), hooked('2')] });
    const { object, annotations } = await world.ask();
    expect(data(object)).toEqual({ trace: '121' });
    expect(Object.keys(annotations)).toContain('mutation.webhook.admission.k8s.io/round_1_index_0');
  });

  it('are asked once where nothing changes', async () => {
    const more = { reinvocationPolicy: 'IfNeeded' };
    await world.configure('Mutating', {
      webhooks: [hooked('allow', more), webhook('b', hook.clientConfig('/allow'), more)],
    });
    const { object } = await world.ask();
    expect(paths()).toEqual(['allow', 'allow']);
    expect(object?.metadata).toEqual({ name: 'late', namespace: 'here' });
  });

  it.each<[string, JsonObject, readonly unknown[]]>([
    [
      'does not fit',
      patch([{ op: 'remove', path: '/data/gone' }]),
      ['InternalError', 'remove operation does not apply: doc is missing path: "/data/gone": missing value'],
    ],
    ['leaves no object', patch([{ op: 'remove', path: '/kind' }]), ['InternalError', 'no object']],
  ])('whose patch %s fail the request, even under Ignore', async (_, answer, [reason, why]) => {
    replies['x'] = say({ allowed: true, ...answer });
    await world.configure('Mutating', { webhooks: [hooked('x', { failurePolicy: 'Ignore' })] });
    expect(await refusal(world)).toEqual([500, reason, `Internal error occurred: ${String(why)}`]);
  });

  it.each<[string, JsonObject, string]>([
    [
      'no list',
      patch({}),
      'received undecodable patch in webhook response: json: cannot unmarshal object into Go value',
    ],
    [
      'no JSON',
      { patchType: 'JSONPatch', patch: 'eA==' },
      'received undecodable patch in webhook response: invalid character',
    ],
    ['of another type', { ...patch([{ op: 'test' }]), patchType: 'Merge' }, 'unsupported patch type "Merge"'],
    ['of no type', { patch: 'W10=' }, 'received invalid webhook response: webhook returned response.patch but not'],
  ])('whose patch is %s count as failed', async (_, answer, why) => {
    replies['x'] = say({ allowed: true, ...answer });
    await world.configure('Mutating', { webhooks: [hooked('x', { failurePolicy: 'Ignore' })] });
    expect(await refusal(world)).toEqual(['allowed']);
    await world.configure('Mutating', { name: 'strict', webhooks: [hooked('x')] });
    expect((await refusal(world))[2]).toContain(`failed calling webhook "x.example.com": ${why}`);
  });

  it('may refuse a deletion, but not change it', async () => {
    const oldObject: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } };
    replies['x'] = say({ allowed: true, ...patch([{ op: 'add', path: '/data', value: {} }]) });
    await world.configure('Mutating', { webhooks: [hooked('x')] });
    expect(await refusal(world, { operation: 'DELETE', oldObject })).toEqual([
      500,
      'InternalError',
      'Internal error occurred: admission webhook "x.example.com" attempted to modify the object, which is not supported for this operation',
    ]);
  });

  it('are shown the version that their rules name, and what they change comes back in the request’s', async () => {
    const gears = (version: string) => ({ group: 'x.io', version, resource: 'gears' });
    const kind = (version: string) => ({ group: 'x.io', version, kind: 'Gear' });
    const as = (version: string) => (object: JsonObject) => ({
      kind: 'Gear',
      metadata: {},
      ...object,
      apiVersion: `x.io/${version}`,
    });
    const other = { resource: gears('v1'), kind: kind('v1'), to: as('v1'), from: as('v2'), decode: as('v1') };
    replies['x'] = (request) => {
      const value = { was: at(request, 'object', 'apiVersion') };
      return say({ allowed: true, ...patch([{ op: 'add', path: '/spec', value }]) })(request);
    };
    const rules = [{ operations: ['*'], apiGroups: ['x.io'], apiVersions: ['v1'], resources: ['gears'] }];
    await world.configure('Mutating', { webhooks: [hooked('x', { rules })] });
    const gear = { apiVersion: 'x.io/v2', kind: 'Gear', metadata: { name: 'g' } };
    const { object } = await world.ask({
      resource: gears('v2'),
      kind: kind('v2'),
      object: gear,
      equivalents: () => [other],
    });
    expect(object).toEqual({ ...gear, spec: { was: 'x.io/v1' } });
    const sent = hook.reviews[0]?.review ?? {};
    expect([at(sent, 'request', 'kind', 'version'), at(sent, 'request', 'requestKind', 'version')]).toEqual([
      'v1',
      'v2',
    ]);
  });

  it('have half a minute together, however many of them take their time', async () => {
    for (const letter of ['1', '2']) {
      replies[letter] = (request) => {
        world.now += 20_000;
        return append(letter)(request);
      };
    }
    await world.configure('Mutating', {
      webhooks: ['1', '2', '1', '2'].map((path) => hooked(path, { timeoutSeconds: 30 })),
    });
    expect(await refusal(world)).toEqual([
      504,
      'Timeout',
      'Timeout: request did not complete within requested timeout',
    ]);
    expect(hook.reviews.map(({ path }) => path)).toEqual(['/1?timeout=30s', '/2?timeout=14s']);
  });
});
