import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { map, maps, refusal, seen, withNamespace } from './fixture.ts';

let server: TestServer;
let client: LoopbackClient;

beforeAll(async () => {
  server = await startTestServer();
  client = await withNamespace(server.client('apply'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Options {
  readonly manager?: string;
  readonly query?: Readonly<Record<string, string>>;
}

function apply(path: string, body: Json, { manager = 'tester', query = {} }: Options = {}): Promise<JsonObject> {
  const contentType = 'application/apply-patch+yaml';
  return client.request(path, { method: 'PATCH', body, contentType, query: { fieldManager: manager, ...query } });
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: { readonly 'f:data'?: JsonObject };
}

/** Who owns which data keys, as `manager operation: keys`. */
function owners(object: JsonObject): readonly string[] {
  const { managedFields = [] } = object['metadata'] as { managedFields?: readonly Entry[] };
  return managedFields.map(({ manager, operation, fieldsV1 }) => {
    return `${manager} ${operation}: ${Object.keys(fieldsV1['f:data'] ?? {})
      .sort()
      .join(' ')}`;
  });
}

describe('server-side apply', () => {
  it('creates what is not there, and changes nothing when repeated', async () => {
    const first = await apply(`${maps}/new`, map('new', { a: '1' }));
    expect(owners(first)).toEqual(['tester Apply: f:a']);
    const again = await apply(`${maps}/new`, map('new', { a: '1' }));
    expect(seen(again).metadata.resourceVersion).toBe(seen(first).metadata.resourceVersion);
  });

  it('names the owners of what it would take, and takes it by force', async () => {
    await apply(`${maps}/contested`, map('contested', { a: '1', b: '1' }), { manager: 'first' });
    const taking = apply(`${maps}/contested`, map('contested', { a: '2' }), { manager: 'second' });
    expect(await refusal(taking)).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "first": .data.a',
    });
    const forced = await apply(`${maps}/contested`, map('contested', { a: '2' }), {
      manager: 'second',
      query: { force: 'true' },
    });
    expect(owners(forced)).toEqual(['first Apply: f:b', 'second Apply: f:a']);
  });

  it('removes what its manager no longer says, and leaves what others wrote', async () => {
    await apply(`${maps}/given-up`, map('given-up', { mine: '1', other: '1' }));
    await client.patch(`${maps}/given-up`, { data: { theirs: '1' } });
    const left = await apply(`${maps}/given-up`, map('given-up', { other: '1' }));
    expect(seen(left).data).toEqual({ other: '1', theirs: '1' });
  });

  it('needs a manager, and refuses fields that the kind does not have', async () => {
    const nobody = client.request(`${maps}/x`, {
      method: 'PATCH',
      body: map('x'),
      contentType: 'application/apply-patch+yaml',
    });
    expect(await refusal(nobody)).toMatchObject({ code: 422, message: expect.stringContaining('fieldManager') });
    expect(await refusal(apply(`${maps}/x`, { ...map('x'), bogus: 1 }))).toMatchObject({
      code: 500,
      message: expect.stringContaining('.bogus: field not declared in schema'),
    });
  });

  it('is no way to create without the right to', async () => {
    const root = await withNamespace(server.client('root'));
    await root.create(maps, map('there'));
    await root.create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'patcher' },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch'] },
        { nonResourceURLs: ['/'], verbs: ['access'] },
      ],
    });
    await root.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'patcher' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'patcher' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'user-1' }],
    });
    using mine = server.wire('root', 'user-1');
    const send = (name: string) =>
      mine.request(`${maps}/${name}?fieldManager=mine&force=true`, {
        method: 'PATCH',
        text: JSON.stringify(map(name, { a: '9' })),
        contentType: 'application/apply-patch+yaml',
      });
    const refused = await send('unborn');
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('cannot create resource')]);
    expect((await send('there')).status).toBe(200);
  });

  it('of 16 managers at once keeps every field', async () => {
    const managers = Array.from({ length: 16 }, (_, i) => `m${i}`);
    await Promise.all(managers.map((manager) => apply(`${maps}/many`, map('many', { [manager]: '1' }), { manager })));
    const { data } = seen(await client.get(`${maps}/many`));
    expect(Object.keys(data ?? {}).sort()).toEqual([...managers].sort());
  });
});
