import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, own } from '@kcp/api-machinery';
import { openWire } from '@kcp/testing';
import { namesIn, objectOf, startSurfaces, textIn, told, WORKSPACES, type SurfaceServer } from './fixture.ts';

let surfaces: SurfaceServer;
let team: string;
let other: string;

beforeAll(async () => {
  surfaces = await startSurfaces();
  team = await surfaces.workspace('root', 'team');
  other = await surfaces.workspace('root', 'other');
  await surfaces.workspace('root:other', 'inner');
  await surfaces.letIn('root:team', { kind: 'User', name: 'user-1' });
  await surfaces.letIn('root:other:inner', { kind: 'Group', name: 'team-1' });
});
afterAll(async () => {
  await surfaces[Symbol.asyncDispose]();
});

const at = (below: string, scope = 'all'): string => `/services/workspaces/${below}/${scope}${WORKSPACES}`;
const metadataOf = (object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const metadata = object['metadata'];
  return typeof metadata === 'object' && metadata !== null ? { ...metadata } : {};
};

describe('workspaces that somebody may enter', () => {
  it('are listed from anywhere, also below what they may not enter', async () => {
    const mine = await surfaces.ask('user-1', at('*'));
    expect([...namesIn(mine)].sort()).toEqual(['inner', 'team']);
    expect(namesIn(await surfaces.ask('user-2', at('*')))).toEqual([]);
    expect((await surfaces.ask('user-1', `/clusters/root:other${WORKSPACES}`)).status).toBe(403);
  });

  it('are those of a user alone in the personal scope', async () => {
    expect(namesIn(await surfaces.ask('user-1', at('*', 'personal')))).toEqual(['team']);
    expect(namesIn(await surfaces.ask('user-1', at('root:other', 'personal')))).toEqual([]);
  });

  it('are listed below one logical cluster', async () => {
    expect(namesIn(await surfaces.ask('user-1', at('root')))).toEqual(['team']);
    expect(namesIn(await surfaces.ask('user-1', at('root:other')))).toEqual(['inner']);
    expect(namesIn(await surfaces.ask('user-1', at(other)))).toEqual(['inner']);
  });

  it('are all there are for who may go anywhere', async () => {
    expect(namesIn(await surfaces.ask('admin', at('*')))).toEqual(expect.arrayContaining(['inner', 'other', 'team']));
  });

  it('come in pages, each once', async () => {
    for (const user of ['user-1', 'admin'] as const) {
      const whole = [...namesIn(await surfaces.ask(user, at('*')))].sort();
      for (const selector of ['', '&labelSelector=!nothing']) {
        const found: string[] = [];
        let token = '';
        do {
          const page = await surfaces.ask(user, `${at('*')}?limit=1&continue=${token}${selector}`);
          found.push(...namesIn(page));
          token = textIn(page.object, 'metadata', 'continue');
        } while (token !== '');
        expect(found.sort()).toEqual(whole);
      }
    }
  });

  it('are read one by one where it is said below what', async () => {
    const { object } = await surfaces.ask('user-1', `${at('root')}/team`);
    expect(textIn(object, 'spec', 'cluster')).toBe(team);
    expect((await surfaces.ask('user-1', `${at('*')}/team`)).status).toBe(405);
  });

  it('are found by discovery, whole or in parts', async () => {
    const below = '/services/workspaces/root/all';
    const core = await surfaces.ask('user-1', `${below}/api`);
    expect(core.object['versions']).toEqual([]);
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const groups = await surfaces.ask('user-1', `${below}/apis`, { headers: { accept } });
    expect(groups.object['items']).toMatchObject([
      {
        metadata: { name: 'tenancy.kcp.io' },
        versions: [{ resources: [{ resource: 'workspaces', verbs: ['get', 'list', 'watch'] }] }],
      },
    ]);
    expect((await surfaces.ask('user-1', `${below}/openapi/v3`)).text).toContain('apis/tenancy.kcp.io/v1alpha1');
    expect((await surfaces.ask('user-1', `${below}/api/v1/namespaces`)).status).toBe(404);
  });

  it('are not changed here', async () => {
    const path = `${at('*')}/team`;
    const answers = await Promise.all([
      surfaces.ask('user-1', path, { method: 'DELETE' }),
      surfaces.ask('user-1', `${at('root')}/team`, { method: 'DELETE' }),
      surfaces.ask('user-1', at('*'), { method: 'POST', body: objectOf('tenancy.kcp.io/v1alpha1', 'Workspace', 'x') }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([405, 403, 405]);
  });

  it('are made and removed through the personal scope, and seen at once', async () => {
    const made = await surfaces.ask('user-2', `/services/workspaces/root:team/personal${WORKSPACES}`, {
      method: 'POST',
      body: objectOf('tenancy.kcp.io/v1alpha1', 'Workspace', 'mine'),
    });
    expect(made.status).toBe(403);
    const admins = `/services/workspaces/root:team/personal${WORKSPACES}`;
    const body = objectOf('tenancy.kcp.io/v1alpha1', 'Workspace', 'mine');
    expect((await surfaces.ask('admin', admins, { method: 'POST', body })).status).toBe(201);
    expect(namesIn(await surfaces.ask('admin', at('root:team')))).toEqual(['mine']);
    expect((await surfaces.ask('admin', `${admins}/mine`, { method: 'DELETE' })).status).toBe(200);
    const elsewhere = await surfaces.ask('admin', `/services/workspaces/root/personal/api/v1/namespaces`, {
      method: 'POST',
      body: objectOf('v1', 'Namespace', 'x'),
    });
    expect(elsewhere.status).toBe(404);
  });

  it('come and go with rights, without a word of others', async () => {
    await surfaces.workspace('root', 'watched');
    await surfaces.workspace('root', 'unseen');
    const { object } = await surfaces.ask('user-3', at('*'));
    const from = String(metadataOf(object)['resourceVersion']);
    using events = await surfaces.wire('user-3').watch(`${at('*')}?watch=1&resourceVersion=${from}`);
    await surfaces.letIn('root:watched', { kind: 'Group', name: 'team-3' });
    expect(told(await events.take(1))).toEqual(['ADDED watched']);
    expect(namesIn(await surfaces.ask('user-3', at('*')))).toEqual(['watched']);
    const root = surfaces.server.client('root');
    await root.patch(`${WORKSPACES}/watched`, { metadata: { labels: { seen: 'yes' } } });
    await root.patch(`${WORKSPACES}/unseen`, { metadata: { labels: { seen: 'no' } } });
    expect(told(await events.take(1))).toEqual(['MODIFIED watched']);
    await surfaces.server
      .client('root:watched')
      .delete('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/enter-team-3');
    expect(told(await events.take(1))).toEqual(['DELETED watched']);
    expect(namesIn(await surfaces.ask('user-3', at('*')))).toEqual([]);
    await root.patch(`${WORKSPACES}/watched`, { metadata: { labels: { seen: 'again' } } });
    await surfaces.letIn('root:watched', { kind: 'User', name: 'user-3' });
    expect(told(await events.take(1))).toEqual(['ADDED watched']);
  });

  it('go when they are deleted, and are told from the past as from the present', async () => {
    await surfaces.workspace('root', 'brief');
    const from = textIn((await surfaces.ask('user-3', at('*'))).object, 'metadata', 'resourceVersion');
    await surfaces.letIn('root:brief', { kind: 'User', name: 'user-3' });
    await surfaces.server.client('root').delete(`${WORKSPACES}/brief`);
    using events = await surfaces.wire('user-3').watch(`${at('root')}?watch=1&resourceVersion=${from}`);
    const seen: string[] = [];
    while (seen.at(-1) !== 'DELETED brief') {
      const [event] = told(await events.take(1));
      if (event === undefined) break;
      seen.push(event);
    }
    expect([seen[0], seen.at(-1)]).toEqual(['ADDED brief', 'DELETED brief']);
  });

  it('can be updated with what a watch told of them', async () => {
    await surfaces.workspace('root', 'updated');
    using events = await surfaces.wire('user-3').watch(`${at('root')}?watch=1&fieldSelector=metadata.name=updated`);
    await surfaces.letIn('root:updated', { kind: 'User', name: 'user-3' });
    const [event] = await events.take(1);
    const told = event && own(event, 'object');
    const stored = await surfaces.server.client('root').get(`${WORKSPACES}/updated`);
    expect(isObject(told) && textIn(told, 'metadata', 'resourceVersion')).toBe(
      textIn(stored, 'metadata', 'resourceVersion'),
    );
  });

  it('are listed anew where rights change that count everywhere', async () => {
    using events = await surfaces.wire('user-2').watch(`${at('*')}?watch=1`);
    await surfaces.letIn('system:admin', { kind: 'User', name: 'user-2' });
    const [event] = await events.take(1);
    expect([event?.['type'], event && textIn(event, 'object', 'reason')]).toEqual(['ERROR', 'Expired']);
    expect(namesIn(await surfaces.ask('user-2', at('*')))).toEqual(expect.arrayContaining(['inner', 'other', 'team']));
  });

  it('are those of a service account at home and abroad', async () => {
    const client = surfaces.server.client('root:team');
    await client.create('/api/v1/namespaces/default/serviceaccounts', objectOf('v1', 'ServiceAccount', 'robot'));
    const { status } = await client.create('/api/v1/namespaces/default/serviceaccounts/robot/token', { spec: {} });
    using robot = openWire({
      url: surfaces.server.url,
      token: textIn(status, 'token'),
      authority: surfaces.server.server.certificateAuthority,
    });
    expect(namesIn(await robot.request(at('*')))).toEqual(['team']);
    await surfaces.letIn('root:other:inner', { kind: 'User', name: `system:kcp:serviceaccount:${team}:default:robot` });
    expect([...namesIn(await robot.request(at('*')))].sort()).toEqual(['inner', 'team']);
  });
});
