import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiError, isArray, isObject, own, type Json, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { createOutbound, type Outbound } from '@kcp/outbound';
import { hookServer, type HookReply, type HookServer } from '@kcp/outbound/testing';
import { conversionWebhook, convertByWebhook } from './conversion-webhook.ts';
import type { KindVersion } from './kind-version.ts';

const parts = new AsyncDisposableStack();
let outbound: Outbound;
let hook: HookServer;
/** What becomes of each converted object, and of the answer as a whole. */
let change: (object: JsonObject) => Json;
let reply: (response: JsonObject) => HookReply;

const answer = (response: JsonObject, version = 'v1'): HookReply => ({
  body: { apiVersion: `apiextensions.k8s.io/${version}`, kind: 'ConversionReview', response },
});

beforeAll(async () => {
  outbound = parts.use(createOutbound());
  hook = parts.use(
    await hookServer(({ request }) => {
      if (request === undefined || !isObject(request)) return 'break';
      const { uid, objects, desiredAPIVersion: apiVersion } = request;
      if (uid === undefined || objects === undefined || !isArray(objects)) return 'break';
      const convertedObjects = objects.filter(isObject).map((object) => change({ ...object, apiVersion }));
      return reply({ uid, result: { status: 'Success' }, convertedObjects });
    }),
  );
});
afterAll(() => parts.disposeAsync());
beforeEach(() => {
  hook.forget();
  change = (object) => object;
  reply = (response) => answer(response);
});

const unused = (): never => {
  throw new Error('conversion by a webhook needs no schema');
};
const to: KindVersion = {
  gvk: { group: 'x.io', version: 'v2', kind: 'Door' },
  apiVersion: 'x.io/v2',
  subresources: {},
  schema: unused,
  pruner: unused,
  written: unused,
};
const door = (name: string, more: JsonObject = {}): KubeObject => ({
  apiVersion: 'x.io/v1',
  kind: 'Door',
  metadata: { name, uid: 'u', resourceVersion: '7', annotations: { 'kcp.io/cluster': 'root', a: 'b' }, generation: 1 },
  ...more,
});

function convert(objects: readonly KubeObject[], versions: readonly string[] = ['v1']) {
  const webhook = { clientConfig: hook.clientConfig('/convert'), conversionReviewVersions: versions };
  const calls = { outbound, newUid: () => 'asked' };
  return convertByWebhook(conversionWebhook({ strategy: 'Webhook', webhook }, calls, 'root'), objects, to);
}

async function why(versions?: readonly string[]): Promise<string> {
  try {
    await convert([door('a')], versions);
  } catch (error) {
    if (error instanceof ApiError && error.code === 500 && error.reason === '')
      return error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'hook');
    throw error;
  }
  return 'converted';
}

const metadata =
  (more: JsonObject) =>
  (object: JsonObject): JsonObject => {
    const was = own(object, 'metadata');
    return { ...object, metadata: { ...(was !== undefined && isObject(was) ? was : {}), ...more } };
  };

describe('conversion by a webhook', () => {
  it('asks for all objects at once, without what the server adds when it reads, and keeps their order', async () => {
    const converted = await convert([door('b'), door('a'), door('c')]);
    expect(converted).toEqual(['b', 'a', 'c'].map((name) => ({ ...door(name), apiVersion: 'x.io/v2' })));
    expect(hook.reviews).toHaveLength(1);
    expect(hook.reviews[0]?.path).toBe('/convert?timeout=30s');
    const sent = { name: 'b', uid: 'u', annotations: { a: 'b' }, generation: 1 };
    expect(hook.reviews[0]?.review).toMatchObject({
      apiVersion: 'apiextensions.k8s.io/v1',
      request: { uid: 'asked', desiredAPIVersion: 'x.io/v2', objects: [{ metadata: sent }, {}, {}] },
    });
  });

  it('asks for nothing where there is nothing to convert', async () => {
    expect(await convert([])).toEqual([]);
    expect(hook.reviews).toEqual([]);
  });

  it('asks in several calls where one would be too large', async () => {
    const large = ['a', 'b', 'c'].map((name) => door(name, { spec: 'x'.repeat(600_000) }));
    expect((await convert(large)).map((object) => object.metadata.name)).toEqual(['a', 'b', 'c']);
    expect(hook.reviews).toHaveLength(3);
  });

  it('takes over labels and annotations, and nothing else of metadata', async () => {
    change = metadata({
      labels: { l: 'm' },
      annotations: { c: 'd', 'kcp.io/cluster': 'elsewhere' },
      finalizers: ['x.io/f'],
      generation: 77,
      resourceVersion: '99',
      ownerReferences: [{ uid: 'o' }],
    });
    const [converted] = await convert([door('a')]);
    expect(converted?.metadata).toEqual({
      ...door('a').metadata,
      labels: { l: 'm' },
      annotations: { 'kcp.io/cluster': 'root', c: 'd' },
    });
  });

  it('takes away annotations that the answer lacks, but not the name of the logical cluster', async () => {
    change = metadata({ annotations: null });
    expect((await convert([door('a')]))[0]?.metadata.annotations).toEqual({ 'kcp.io/cluster': 'root' });
  });

  it.each<[string, (object: JsonObject) => Json, string]>([
    ['another name', metadata({ name: 'b' }), 'must have the same name: a != b'],
    ['a namespace', metadata({ namespace: 'n' }), 'must have the same namespace:  != n'],
    ['another uid', metadata({ uid: 'v' }), 'must have the same UID: u != v'],
    ['labels that are none', metadata({ labels: { l: 1 } }), 'metadata.labels[l] must be a string in converted object'],
    ['a list of labels', metadata({ labels: [] }), 'invalid metadata.labels in converted object: it is no object'],
    ['no metadata', ({ metadata: _, ...rest }) => rest, 'missing metadata in converted object'],
    [
      'metadata that are none',
      (object) => ({ ...object, metadata: 1 }),
      'invalid metadata in converted object: it is no object',
    ],
    ['another kind', (object) => ({ ...object, kind: 'Gate' }), 'invalid kind (expected Door, received Gate)'],
    ['no kind', (object) => ({ ...object, kind: null }), "Object 'Kind' is missing"],
    [
      'another version',
      (object) => ({ ...object, apiVersion: 'x.io/v3' }),
      'invalid groupVersion (expected x.io/v2, received x.io/v3)',
    ],
    ['no object', () => 3, 'json: cannot unmarshal into an object'],
  ])('refuses an object with %s', async (_, changed, message) => {
    change = changed;
    expect(await why()).toBe(
      `conversion for x.io/v1, Kind=Door returned invalid converted object at index 1: ${message}`,
    );
  });

  it('refuses labels that no object may have', async () => {
    change = metadata({ labels: { 'bad key': 'x' } });
    expect(await why()).toMatch(/index 1: metadata\.labels: Invalid value: "bad key"/);
  });

  it.each<[string, (response: JsonObject) => HookReply, string]>([
    [
      'answers another question',
      (response) => answer({ ...response, uid: 'x' }),
      'expected response.uid="asked", got "x"',
    ],
    ['fails and says why', (response) => answer({ ...response, result: { status: 'Failure', message: 'no' } }), 'no'],
    [
      'fails without a word',
      (response) => answer({ ...response, result: {} }),
      "response.result.status was '', not 'Success'",
    ],
    ['gives no response', () => ({ body: {} }), 'no response provided'],
    [
      'gives no list',
      (response) => answer({ ...response, convertedObjects: 1 }),
      'json: response.convertedObjects is no list',
    ],
    ['dies', () => 'break', 'Post "https://hook/convert?timeout=30s": EOF'],
    [
      'answers another version',
      (response) => answer(response, 'v1beta1'),
      'converting (v1beta1.ConversionReview) to (v1.ConversionReview): unknown conversion',
    ],
  ])('fails where the webhook %s', async (_, replied, message) => {
    reply = replied;
    expect(await why()).toBe(
      `conversion for x.io/v1, Kind=Door failed: conversion webhook for /, Kind= failed: ${message}`,
    );
  });

  it('refuses more or fewer objects than were sent', async () => {
    reply = (response) => answer({ ...response, convertedObjects: [] });
    expect(await why()).toBe('conversion for x.io/v1, Kind=Door returned 0 objects, expected 1');
  });

  it('speaks v1beta1, where answers need not say to what, and fails where no version is known', async () => {
    reply = ({ uid: _, ...response }) => answer(response, 'v1beta1');
    expect(await why(['v9', 'v1beta1', 'v1'])).toBe('converted');
    expect(await why(['v9'])).toBe('conversion for x.io/v1, Kind=Door failed: no supported conversion review versions');
  });
});
