import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { map, maps, refusal, seen, withNamespace } from './fixture.ts';

const api = '/apis/admissionregistration.k8s.io/v1';
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] };
const about = { resourceRules: [rule], objectSelector: { matchLabels: { judged: 'yes' } } };
const judged = (name: string, data: Readonly<Record<string, string>> = {}) =>
  map(name, data, { labels: { judged: 'yes' } });
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function validate(client: LoopbackClient, name: string, spec: JsonObject, binding: JsonObject = {}) {
  const policy = { metadata: { name }, spec: { matchConstraints: about, ...spec } };
  await client.create(`${api}/validatingadmissionpolicies`, policy);
  const bound = { policyName: name, validationActions: ['Deny'], ...binding };
  await client.create(`${api}/validatingadmissionpolicybindings`, { metadata: { name }, spec: bound });
}

async function mutate(client: LoopbackClient, name: string, expression: string, patchType = 'ApplyConfiguration') {
  const change = { [patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration']: { expression } };
  const mutations = [{ patchType, ...change }];
  const spec = { matchConstraints: { resourceRules: [{ ...rule, operations: ['CREATE', 'UPDATE'] }] }, mutations };
  await client.create(`${api}/mutatingadmissionpolicies`, {
    metadata: { name },
    spec: { ...spec, reinvocationPolicy: 'Never' },
  });
  await client.create(`${api}/mutatingadmissionpolicybindings`, { metadata: { name }, spec: { policyName: name } });
}

describe('a validating policy', () => {
  it('counts from the answer to its creation on, in its own logical cluster only', async () => {
    const [one, other] = [await withNamespace(server.client('p-one')), await withNamespace(server.client('p-two'))];
    await validate(one, 'no-secrets', {
      validations: [{ expression: '!("password" in object.data)', message: 'no passwords here' }],
    });
    const error = await refusal(one.create(maps, judged('a', { password: 'x' })));
    expect([error.code, error.reason]).toEqual([422, 'Invalid']);
    expect(error.message).toBe(
      `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'no-secrets' with binding 'no-secrets' denied request: no passwords here`,
    );
    await one.create(maps, judged('a', { user: 'x' }));
    await other.create(maps, judged('a', { password: 'x' }));
    await one.delete(`${api}/validatingadmissionpolicybindings/no-secrets`);
    await one.create(maps, judged('b', { password: 'x' }));
  });

  it('takes its parameters from its own logical cluster only, as they are now', async () => {
    const [one, other] = [await withNamespace(server.client('q-one')), await withNamespace(server.client('q-two'))];
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: 'size(object.data) <= int(params.data.max)' }],
    };
    const paramRef = { name: 'limit', parameterNotFoundAction: 'Deny' };
    for (const client of [one, other]) await validate(client, 'limit', spec, { paramRef });
    await one.create(maps, map('limit', { max: '1' }));
    await one.create(maps, judged('a', { x: '' }));
    expect((await refusal(other.create(maps, judged('a', { x: '' })))).message).toMatch('no params found');
    expect((await refusal(one.create(maps, judged('b', { x: '', y: '' })))).message).toMatch('failed expression');
    await one.patch(`${maps}/limit`, { data: { max: '2' } });
    await one.create(maps, judged('b', { x: '', y: '' }));
  });

  it('is about updates and deletions too, those of whole collections among them', async () => {
    const client = await withNamespace(server.client('p-delete'));
    await validate(client, 'keep', {
      validations: [
        { expression: 'request.operation != "DELETE" || !("keep" in oldObject.data)', message: 'kept' },
        { expression: 'request.operation != "UPDATE" || object.data == oldObject.data', message: 'frozen' },
      ],
    });
    await client.create(maps, judged('a', { keep: '' }));
    expect((await refusal(client.patch(`${maps}/a`, { data: { more: '' } }))).message).toMatch('frozen');
    await client.patch(`${maps}/a`, { metadata: { labels: { more: 'x' } } });
    expect((await refusal(client.delete(`${maps}/a`))).message).toMatch(/^configmaps "a" is forbidden: .*: kept$/);
    const all = client.request(maps, { method: 'DELETE', query: { labelSelector: 'judged=yes' } });
    expect((await refusal(all)).message).toMatch(/^configmaps "Unknown" is forbidden: .*: kept$/);
    expect(seen(await client.get(`${maps}/a`)).data).toEqual({ keep: '' });
  });

  it('warns over the wire where its binding says so', async () => {
    await withNamespace(server.client('p-warn'));
    const client = server.client('p-warn');
    const spec = { validations: [{ expression: 'false', message: 'old "stuff"' }] };
    await validate(client, 'old', spec, { validationActions: ['Warn'] });
    const answer = await fetchWith(server, 'p-warn', judged('a'));
    expect(answer).toEqual([
      201,
      `299 - "Validation failed for ValidatingAdmissionPolicy 'old' with binding 'old': old \\"stuff\\""`,
    ]);
  });

  it('that does not compile is not taken', async () => {
    const client = server.client('p-compile');
    const spec = { matchConstraints: about, validations: [{ expression: 'object.a ==' }, { expression: '1' }] };
    const error = await refusal(client.create(`${api}/validatingadmissionpolicies`, { metadata: { name: 'x' }, spec }));
    expect(error.details?.causes?.map(({ field }) => field)).toEqual([
      'spec.validations[0].expression',
      'spec.validations[1].expression',
    ]);
    expect(error.message).toMatch('must evaluate to bool but got int');
  });

  it('is told in its status what does not fit', async () => {
    const client = server.client('p-status');
    await validate(client, 'typo', { validations: [{ expression: 'object.dat.size() > 0' }] });
    const abort = new AbortController();
    for await (const event of client.watch(`${api}/validatingadmissionpolicies`, {}, abort.signal)) {
      const { status } = seen((event as { object: JsonObject }).object);
      if (status?.['observedGeneration'] !== 1) continue;
      expect(JSON.stringify(status['typeChecking'])).toMatch("undefined field 'dat'");
      break;
    }
    abort.abort();
  });
});

describe('a mutating policy', () => {
  it('changes what is stored, before validating ones see it, in its own logical cluster only', async () => {
    const [one, other] = [await withNamespace(server.client('m-one')), await withNamespace(server.client('m-two'))];
    await mutate(one, 'owner', 'Object{metadata: Object.metadata{labels: {"judged": "yes", "by": "policy"}}}');
    await validate(one, 'owned', { validations: [{ expression: 'object.metadata.labels["by"] == "policy"' }] });
    await one.create(maps, map('a', { x: '1' }));
    expect(seen(await one.get(`${maps}/a`)).metadata.labels).toEqual({ judged: 'yes', by: 'policy' });
    await other.create(maps, map('a'));
    expect(seen(await other.get(`${maps}/a`)).metadata.labels).toBeUndefined();
  });

  it('is blamed for what it makes of an object, and nothing is stored then', async () => {
    const client = await withNamespace(server.client('m-wrong'));
    await mutate(client, 'number', '[JSONPatch{op: "add", path: "/data", value: {"a": 1}}]', 'JSONPatch');
    const error = await refusal(client.create(maps, map('a')));
    expect([error.code, error.reason]).toEqual([500, 'InternalError']);
    expect(error.message).toMatch('json: cannot unmarshal number into Go struct field ConfigMap.data of type string');
    await client.delete(`${api}/mutatingadmissionpolicybindings/number`);
    await client.create(maps, map('a'));
  });

  it('may not make an object another one on an update', async () => {
    const client = await withNamespace(server.client('m-rename'));
    await client.create(maps, map('a'));
    await mutate(client, 'rename', '[JSONPatch{op: "replace", path: "/metadata/name", value: "b"}]', 'JSONPatch');
    expect((await refusal(client.patch(`${maps}/a`, { data: { x: '' } }))).code).toBeGreaterThanOrEqual(400);
    expect(seen(await client.get(`${maps}/a`)).data ?? {}).toEqual({});
  });
});

describe('policies and custom kinds', () => {
  const schema = {
    type: 'object',
    properties: {
      max: { type: 'integer' },
      parts: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, size: { type: 'integer', default: 7 } },
        },
      },
    },
  };

  /** A logical cluster that serves gears. */
  async function withGears(name: string): Promise<LoopbackClient> {
    const client = await withNamespace(server.client(name));
    await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'gears.x.io' },
      spec: {
        group: 'x.io',
        scope: 'Cluster',
        names: { plural: 'gears', singular: 'gear', kind: 'Gear', listKind: 'GearList' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    });
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const abort = new AbortController();
    for await (const event of client.watch(path, { fieldSelector: 'metadata.name=gears.x.io' }, abort.signal)) {
      if (JSON.stringify(event).includes('"type":"Established"')) break;
    }
    abort.abort();
    return client;
  }

  const gears = '/apis/x.io/v1/gears';
  const gear = (name: string, more: JsonObject) => ({
    apiVersion: 'x.io/v1',
    kind: 'Gear',
    metadata: { name },
    ...more,
  });

  it('are parameters of policies where they are served, and unknown where they are not', async () => {
    const [one, other] = [await withGears('g-one'), await withNamespace(server.client('g-two'))];
    const spec = {
      paramKind: { apiVersion: 'x.io/v1', kind: 'Gear' },
      validations: [{ expression: 'size(object.data) <= params.max' }],
    };
    for (const client of [one, other])
      await validate(client, 'gear', spec, { paramRef: { name: 'g', parameterNotFoundAction: 'Allow' } });
    await one.create(gears, gear('g', { max: 0 }));
    expect((await refusal(one.create(maps, judged('a', { x: '' })))).message).toMatch('failed expression');
    expect((await refusal(other.create(maps, judged('a', { x: '' })))).message).toMatch(
      `failed to find resource referenced by paramKind: 'x.io/v1, Kind=Gear'`,
    );
  });

  it('are merged by the keys of their lists, and defaulted after it', async () => {
    const client = await withGears('g-merge');
    const rules = [{ apiGroups: ['x.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['gears'] }];
    const expression = 'Object{parts: [Object.parts{name: "a", size: 9}, Object.parts{name: "c"}]}';
    const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }];
    await client.create(`${api}/mutatingadmissionpolicies`, {
      metadata: { name: 'parts' },
      spec: { matchConstraints: { resourceRules: rules }, mutations, reinvocationPolicy: 'IfNeeded' },
    });
    const bound = { metadata: { name: 'parts' }, spec: { policyName: 'parts' } };
    await client.create(`${api}/mutatingadmissionpolicybindings`, bound);
    const made = await client.create(gears, gear('g', { parts: [{ name: 'a' }, { name: 'b', size: 1 }] }));
    expect(made['parts']).toEqual([
      { name: 'a', size: 9 },
      { name: 'b', size: 1 },
      { name: 'c', size: 7 },
    ]);
  });
});

/** The code and the warnings of a create over a socket. */
async function fetchWith(from: TestServer, cluster: string, object: JsonObject): Promise<readonly unknown[]> {
  const answer = await from.wire(cluster).request(maps, { method: 'POST', body: object });
  return [answer.status, answer.headers['warning']];
}
