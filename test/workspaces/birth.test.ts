import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, objectAt, textAt, type JsonObject } from '@kcp/api-machinery';
import { hookServer, type HookReply, type HookServer } from '@kcp/outbound/testing';
import { startTestServer, type TestServer } from '@kcp/testing';
import { makeWorkspace, until, workspaces } from './fixture.ts';

let server: TestServer;
let hook: HookServer;
/** What the webhook was asked about. */
const asked: JsonObject[] = [];
beforeAll(async () => {
  server = await startTestServer();
  hook = await hookServer(allowed);
});
afterAll(async () => {
  await hook[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function allowed({ kind, apiVersion, request }: JsonObject): Promise<HookReply> {
  if (request === undefined || !isObject(request)) return 'break';
  asked.push(request);
  return { body: { kind, apiVersion, response: { uid: textAt(request, 'uid'), allowed: true } } as JsonObject };
}

const registration = '/apis/admissionregistration.k8s.io/v1';
const organization = { name: 'organization', path: 'root' };
const aboutWorkspaces = {
  apiGroups: ['tenancy.kcp.io'],
  apiVersions: ['*'],
  resources: ['workspaces'],
};
const body = (name: string) => ({
  apiVersion: 'tenancy.kcp.io/v1alpha1',
  kind: 'Workspace',
  metadata: { name },
  spec: { type: { name: 'universal', path: 'root' } },
});
/** The phase of a Workspace, wherever it was read. */
const phaseOf = (object: unknown): string => textAt(objectAt(object as JsonObject, 'status'), 'phase');

describe('a new workspace', () => {
  it('is answered as it was asked for, and is Ready already when the answer is there', async () => {
    const client = server.client('root');
    const made = await client.create(workspaces, body('at-once'));
    expect(phaseOf(made)).toBe('Scheduling');
    expect(objectAt(made, 'spec')).toEqual({ type: { name: 'universal', path: 'root' } });
    const now = await client.get(`${workspaces}/at-once`);
    expect([phaseOf(now), textAt(objectAt(now, 'spec'), 'URL')]).toEqual([
      'Ready',
      `${server.url}/clusters/root:at-once`,
    ]);
    expect((await server.client('root:at-once').get('/api/v1/namespaces/default'))['kind']).toBe('Namespace');
  });

  it('is told to watchers as it came and as it became, once each', async () => {
    await makeWorkspace(server, 'root', { name: 'watched', type: organization });
    const client = server.client('root:watched');
    const { metadata } = await client.get(workspaces);
    const since = { resourceVersion: isObject(metadata) ? textAt(metadata, 'resourceVersion') : '' };
    await client.create(workspaces, body('a'));
    await client.create(workspaces, body('b'));
    const told: string[] = [];
    for await (const event of client.watch(workspaces, since, AbortSignal.timeout(20_000))) {
      const object = objectAt(event, 'object');
      told.push(`${textAt(event, 'type')} ${textAt(objectAt(object, 'metadata'), 'name')} ${phaseOf(object)}`);
      if (told.length === 4) break;
    }
    expect(told).toEqual(['ADDED a Scheduling', 'MODIFIED a Ready', 'ADDED b Scheduling', 'MODIFIED b Ready']);
  });

  it('is made where a policy of its parent refuses what it becomes, and becomes that once it may', async () => {
    await makeWorkspace(server, 'root', { name: 'strict', type: organization });
    const client = server.client('root:strict');
    await client.create(`${registration}/validatingadmissionpolicies`, {
      metadata: { name: 'stays' },
      spec: {
        matchConstraints: { resourceRules: [{ ...aboutWorkspaces, operations: ['UPDATE'] }] },
        validations: [{ expression: 'false', message: 'stays as it is' }],
      },
    });
    const binding = { policyName: 'stays', validationActions: ['Deny'] };
    await client.create(`${registration}/validatingadmissionpolicybindings`, {
      metadata: { name: 'stays' },
      spec: binding,
    });
    await client.create(workspaces, body('held'));
    expect(phaseOf(await client.get(`${workspaces}/held`))).toBe('Scheduling');
    await client.delete(`${registration}/validatingadmissionpolicybindings/stays`);
    await until(server, 'root:strict', 'held', (object) => phaseOf(object) === 'Ready');
  });

  it('is shown to webhooks of its parent first as it comes, and as it becomes only when it is there', async () => {
    await makeWorkspace(server, 'root', { name: 'hooked', type: organization });
    const client = server.client('root:hooked');
    await client.create(`${registration}/validatingwebhookconfigurations`, {
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.com',
          clientConfig: hook.clientConfig('/admit'),
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          rules: [{ ...aboutWorkspaces, operations: ['CREATE', 'UPDATE'] }],
        },
      ],
    });
    asked.length = 0;
    await client.create(workspaces, body('seen'));
    const ready = await until(server, 'root:hooked', 'seen', (object) => phaseOf(object) === 'Ready');
    const told = asked.map((request) => `${textAt(request, 'operation')} ${phaseOf(request['object'])}`);
    expect(told).toEqual(['CREATE Scheduling', 'UPDATE Ready']);
    const before = objectAt(objectAt(asked[1] ?? {}, 'oldObject'), 'metadata');
    expect([textAt(before, 'uid'), Number(textAt(before, 'resourceVersion'))]).toEqual([
      ready.metadata.uid,
      expect.any(Number),
    ]);
    expect(Number(textAt(before, 'resourceVersion'))).toBeGreaterThan(0);
  });
});
