import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { hookServer, type HookReply, type HookServer } from '@kcp/outbound/testing';
import { start, type LoopbackClient, type Server } from './index.ts';

const parts = new AsyncDisposableStack();
let server: Server;
let hook: HookServer;
/** What the hook does with an admission review. */
let admit: (request: JsonObject) => JsonObject | 'hang' | 'break';

beforeAll(async () => {
  hook = parts.use(await hookServer((review) => answered(review)));
  server = parts.use(await start({ freezesObjects: true }));
});
afterAll(() => parts.disposeAsync());

function answered({ kind, apiVersion, request }: JsonObject): HookReply {
  if (request === undefined || !isObject(request)) return 'break';
  const head = { kind, apiVersion };
  if (kind === 'ConversionReview') return { body: { ...head, response: converted(request) } };
  const answer = admit(request);
  if (typeof answer === 'string') return answer;
  return { body: { ...head, response: { uid: request['uid'], ...answer } } };
}

/** Versions differ in the name of one field. */
function converted({ uid, objects, desiredAPIVersion: apiVersion }: JsonObject): JsonObject {
  const convertedObjects = (objects !== undefined && isArray(objects) ? objects : []).filter(isObject).map((object) => {
    const { long, short } = part(object, 'spec');
    const spec = apiVersion === 'x.io/v2' ? { long: short ?? long } : { short: long ?? short };
    return { ...object, apiVersion, spec };
  });
  return { uid, result: { status: 'Success' }, convertedObjects };
}

function part(object: Json, ...fields: readonly string[]): JsonObject {
  const found = fields.reduce<Json>((value, field) => (isObject(value) ? (own(value, field) ?? null) : null), object);
  return isObject(found) ? found : {};
}

const patch = (operations: Json): JsonObject => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
const rules = [{ operations: ['*'], apiGroups: ['', 'x.io'], apiVersions: ['*'], resources: ['configmaps'] }];
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/here/configmaps';

async function configure(client: LoopbackClient, type: string, more: JsonObject = {}): Promise<void> {
  await client.create(`${CONFIGURATIONS}/${type}webhookconfigurations`, {
    metadata: { name: 'config' },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: hook.clientConfig('/admit'),
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        rules,
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'here' } },
        // the server's own controllers make config maps, too
        objectSelector: { matchLabels: { test: 'yes' } },
        ...more,
      },
    ],
  });
}

async function home(name: string): Promise<LoopbackClient> {
  const client = server.client(name);
  await client.create('/api/v1/namespaces', { metadata: { name: 'here' } });
  return client;
}

const map = (name: string, data: JsonObject = {}): JsonObject => ({
  metadata: { name, labels: { test: 'yes' } },
  data,
});

describe('webhooks of a logical cluster', () => {
  it('decide there and know nothing of its neighbour', async () => {
    const [blue, green] = [await home('blue'), await home('green')];
    const seen: Json[] = [];
    admit = (request) => {
      seen.push(part(request, 'object', 'metadata', 'annotations')['kcp.io/cluster'] ?? null);
      return { allowed: false, status: { message: 'not here' } };
    };
    await configure(blue, 'validating');
    await expect(blue.create(MAPS, map('a'))).rejects.toMatchObject({
      code: 400,
      message: 'admission webhook "hook.example.com" denied the request: not here',
    });
    await green.create(MAPS, map('a'));
    expect(seen).toEqual(['blue']);
    // whoever is locked out by a webhook can always take it back
    await blue.delete(`${CONFIGURATIONS}/validatingwebhookconfigurations/config`);
    await blue.create(MAPS, map('a'));
  });

  it('change what is stored: typed, with managed fields that stay sound', async () => {
    const client = await home('mutating');
    admit = () =>
      patch([
        { op: 'add', path: '/data/added', value: 'yes' },
        { op: 'add', path: '/nonsense', value: 1 },
        { op: 'replace', path: '/metadata/managedFields', value: [{ operation: 'Broken' }] },
      ]);
    await configure(client, 'mutating');
    const made = await client.create(MAPS, map('a', { a: '1' }));
    expect([made['data'], made['nonsense']]).toEqual([{ a: '1', added: 'yes' }, undefined]);
    expect(part(made, 'metadata')['managedFields']).toMatchObject([{ operation: 'Update', fieldsType: 'FieldsV1' }]);
    expect(await client.get(`${MAPS}/a`)).toMatchObject({ data: { added: 'yes' } });
  });

  it('cannot move an object to another namespace or rename what is changed', async () => {
    const client = await home('moving');
    await client.create(MAPS, map('a'));
    await configure(client, 'mutating');
    admit = () => patch([{ op: 'replace', path: '/metadata/namespace', value: 'default' }]);
    const moved = {
      code: 400,
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    };
    await expect(client.create(MAPS, map('b'))).rejects.toMatchObject(moved);
    await expect(client.patch(`${MAPS}/a`, { data: { x: 'y' } })).rejects.toMatchObject(moved);
    admit = () => patch([{ op: 'replace', path: '/metadata/name', value: 'other' }]);
    await expect(client.patch(`${MAPS}/a`, { data: { x: 'y' } })).rejects.toMatchObject({ code: 400 });
  });

  it('are asked about each of a deleted collection, and keep what they want to keep', async () => {
    const client = await home('keeping');
    await client.create(MAPS, map('a'));
    await client.create(MAPS, map('b'));
    const asked: Json[] = [];
    admit = ({ operation = null, name = null, object = null, oldObject = null, options = null }) => {
      const { name: old = null } = part(oldObject, 'metadata');
      asked.push([operation, name, object, old, part(options)['propagationPolicy'] ?? null]);
      return { allowed: old !== 'b' };
    };
    await configure(client, 'validating');
    const query = { labelSelector: 'test=yes', propagationPolicy: 'Background' };
    await expect(client.request(MAPS, { method: 'DELETE', query })).rejects.toMatchObject({ code: 400 });
    expect(asked).toEqual(expect.arrayContaining([['DELETE', null, null, 'a', 'Background']]));
    await client.get(`${MAPS}/b`);
  });

  it('are asked about dry runs, which store nothing', async () => {
    const client = await home('dry');
    const runs: Json[] = [];
    admit = (request) => {
      runs.push(request['dryRun'] ?? null);
      return { allowed: true };
    };
    await configure(client, 'validating');
    await client.request(MAPS, { method: 'POST', body: map('a'), query: { dryRun: 'All' } });
    expect(runs).toEqual([true]);
    await expect(client.get(`${MAPS}/a`)).rejects.toMatchObject({ code: 404 });
  });

  it('hold nobody up for longer than they may when they hang, and are done without when they are gone and ignored', async () => {
    const client = await home('broken');
    admit = () => 'hang';
    await configure(client, 'validating', { timeoutSeconds: 1 });
    await expect(client.create(MAPS, map('a'))).rejects.toMatchObject({
      code: 500,
      message: expect.stringMatching(/^Internal error occurred: failed calling webhook .*: context deadline exceeded$/),
    });
    await client.patch(`${CONFIGURATIONS}/validatingwebhookconfigurations/config`, {
      webhooks: [
        {
          name: 'hook.example.com',
          clientConfig: { url: 'https://127.0.0.1:9/gone' },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          rules,
          failurePolicy: 'Ignore',
        },
      ],
    });
    await client.create(MAPS, map('a'));
  });
});

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Defines things.x.io, and waits until they are served. */
async function define(client: LoopbackClient, spec: JsonObject): Promise<void> {
  const names = { plural: 'things', singular: 'thing', kind: 'Thing' };
  const body = { metadata: { name: 'things.x.io' }, spec: { group: 'x.io', scope: 'Cluster', names, ...spec } };
  await client.create(DEFINITIONS, body);
  for await (const { object = null } of client.watch(DEFINITIONS, { fieldSelector: 'metadata.name=things.x.io' })) {
    const conditions = part(object, 'status')['conditions'];
    const isEstablished = ({ type, status }: JsonObject): boolean => type === 'Established' && status === 'True';
    if (conditions !== undefined && isArray(conditions) && conditions.filter(isObject).some(isEstablished)) return;
  }
}

const thing = (name: string, apiVersion: string, spec: JsonObject): JsonObject => ({
  apiVersion: `x.io/${apiVersion}`,
  kind: 'Thing',
  metadata: { name },
  spec,
});

describe('webhooks of sub-resources', () => {
  it('are shown the Scale, and decide how many there are', async () => {
    const client = server.client('scaling');
    const replicas = { type: 'object', properties: { replicas: { type: 'integer' } } };
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec: replicas, status: replicas } } };
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
    await define(client, { versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { scale } }] });
    await client.create('/apis/x.io/v1/things', thing('a', 'v1', { replicas: 1 }));
    const kinds: Json[] = [];
    admit = (request) => {
      kinds.push([part(request, 'kind')['kind'] ?? null, part(request, 'object')['kind'] ?? null]);
      return patch([{ op: 'replace', path: '/spec/replicas', value: 7 }]);
    };
    const onScale = [{ ...rules[0], resources: ['things/scale'] }];
    await configure(client, 'mutating', { rules: onScale, namespaceSelector: {}, objectSelector: {} });
    const scaled = await client.patch('/apis/x.io/v1/things/a/scale', { spec: { replicas: 3 } });
    expect([kinds, part(scaled, 'spec')]).toEqual([[['Scale', 'Scale']], { replicas: 7 }]);
    expect(await client.get('/apis/x.io/v1/things/a')).toMatchObject({ spec: { replicas: 7 } });
    admit = () => patch([{ op: 'replace', path: '/spec/replicas', value: 'many' }]);
    await expect(client.patch('/apis/x.io/v1/things/a/scale', { spec: { replicas: 3 } })).rejects.toMatchObject({
      code: 400,
    });
  });
});

describe('conversion webhooks', () => {
  const version = (name: string, field: string, storage: boolean): JsonObject => ({
    name,
    served: true,
    storage,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { [field]: { type: 'string' } } } },
      },
    },
  });

  it('are called for reads, lists, watches and writes in another version than the stored one', async () => {
    const client = server.client('converting');
    const webhook = { clientConfig: hook.clientConfig('/convert'), conversionReviewVersions: ['v1'] };
    await define(client, {
      versions: [version('v1', 'short', true), version('v2', 'long', false)],
      conversion: { strategy: 'Webhook', webhook },
    });
    const [v1, v2] = ['/apis/x.io/v1/things', '/apis/x.io/v2/things'];
    await client.create(v1, thing('a', 'v1', { short: 'one' }));
    await client.create(v1, thing('b', 'v1', { short: 'two' }));
    expect(await client.create(v2, thing('c', 'v2', { long: 'three' }))).toMatchObject({ spec: { long: 'three' } });
    expect(await client.get(`${v1}/c`)).toMatchObject({ apiVersion: 'x.io/v1', spec: { short: 'three' } });
    expect(await client.get(`${v2}/a`)).toMatchObject({ apiVersion: 'x.io/v2', spec: { long: 'one' } });
    hook.forget();
    const { items } = await client.get(v2);
    expect(items).toMatchObject([{ spec: { long: 'one' } }, { spec: { long: 'two' } }, { spec: { long: 'three' } }]);
    expect(hook.reviews).toHaveLength(1);
    expect(await client.patch(`${v2}/b`, { spec: { long: 'four' } })).toMatchObject({ spec: { long: 'four' } });
    const seen: Json[] = [];
    for await (const { object = null } of client.watch(v2)) {
      seen.push(part(object, 'spec')['long'] ?? null);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(expect.arrayContaining(['four', 'one', 'three']));
    await client.delete(`${v2}/a`);
    const definition = await client.get(`${DEFINITIONS}/things.x.io`);
    expect(part(definition, 'status')['storedVersions']).toEqual(['v1']);
  });
});
