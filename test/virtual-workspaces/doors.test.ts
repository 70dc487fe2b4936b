import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWire } from '@kcp/testing';
import {
  LOGICAL_CLUSTERS,
  namesIn,
  objectOf,
  startSurfaces,
  TYPES,
  WORKSPACES,
  type SurfaceServer,
} from './fixture.ts';

let surfaces: SurfaceServer;
let waiting: string;
let ruled: string;

beforeAll(async () => {
  surfaces = await startSurfaces();
  const client = surfaces.server.client('root');
  const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['configmaps'] }];
  for (const [name, spec] of Object.entries({
    fast: { initializer: true },
    ruled: { initializer: true, initializerPermissions: rules },
  }))
    await client.create(TYPES, { ...objectOf('tenancy.kcp.io/v1alpha1', 'WorkspaceType', name), spec });
  await surfaces.grantOnType('user-1', 'initialize', 'ruled');
  waiting = await surfaces.workspace('root', 'waits', 'fast');
  ruled = await surfaces.workspace('root', 'ruled', 'ruled');
});
afterAll(async () => {
  await surfaces[Symbol.asyncDispose]();
});

/** What is the same of two answers to the same question about two names. */
async function answer(user: 'user-1' | 'user-2', path: string, names: Readonly<Record<string, string>>) {
  const { status, text, headers } = await surfaces.ask(user, path);
  const neutral = Object.entries(names).reduce((body, [name, shown]) => body.replaceAll(name, shown), text);
  return { status, text: neutral, type: headers['content-type'] };
}

describe('somebody without rights', () => {
  it.each(['/apis', LOGICAL_CLUSTERS, `${LOGICAL_CLUSTERS}/cluster`, '/api/v1/namespaces', '/openapi/v3', '/version'])(
    'is told the same of %s whether the type is there or not',
    async (path) => {
      for (const cluster of ['*', waiting]) {
        const below = (type: string): string => `/services/initializingworkspaces/${type}/clusters/${cluster}${path}`;
        const there = await answer('user-2', below('root:fast'), { 'root:fast': 'T' });
        expect(there.status).toBe(403);
        for (const missing of ['root:none', 'nowhere:fast', 'whatever', 'system:apibindings'])
          expect(await answer('user-2', below(missing), { [missing]: 'T' })).toEqual(there);
      }
    },
  );

  it('is told the same of logical clusters that are missing, that do not wait, and that wait for others', async () => {
    const below = (cluster: string, path: string): string =>
      `/services/initializingworkspaces/root:ruled/clusters/${cluster}${path}`;
    for (const path of ['/api/v1/namespaces', `${LOGICAL_CLUSTERS}/cluster`]) {
      const missing = await answer('user-1', below('missing', path), {});
      expect(missing.status).toBe(path === '/api/v1/namespaces' ? 403 : 404);
      for (const cluster of ['root', waiting, 'system:admin'])
        expect(await answer('user-1', below(cluster, path), {})).toEqual(missing);
    }
  });

  it('is told the same of workspaces whether they are there or not', async () => {
    const below = (place: string): string => `/services/workspaces/${place}/all${WORKSPACES}`;
    const listed = await surfaces.ask('user-2', below('root'));
    expect([listed.status, namesIn(listed)]).toEqual([200, []]);
    const missing = await surfaces.ask('user-2', below('root:none:such'));
    expect([missing.status, namesIn(missing)]).toEqual([200, []]);
    const [there, gone] = [`${below('root')}/waits`, `${below('root')}/none`];
    expect(await answer('user-2', there, { waits: 'W' })).toEqual(await answer('user-2', gone, { none: 'W' }));
  });

  it('is told the same where workspaces cannot be made and where there is nothing', async () => {
    const post = async (user: 'user-2' | 'admin', place: string) => {
      const body = objectOf('tenancy.kcp.io/v1alpha1', 'Workspace', 'x');
      const path = `/services/workspaces/${place}/personal${WORKSPACES}`;
      const { status, text } = await surfaces.ask(user, path, { method: 'POST', body });
      return { status, text };
    };
    const there = await post('user-2', 'root');
    expect(there.status).toBe(403);
    for (const place of ['root:none:such', 'nowhere', 'root:waits']) expect(await post('user-2', place)).toEqual(there);
    expect((await post('admin', 'root:none:such')).status).toBe(404);
  });

  it('is nobody without credentials', async () => {
    const { server } = surfaces;
    using wire = openWire({ url: server.url, authority: server.server.certificateAuthority });
    for (const path of [`/services/workspaces/*/all${WORKSPACES}`, `/services/workspaces/root/personal/apis`])
      expect((await wire.request(path)).status).toBe(403);
  });
});

describe('headers that say more than somebody may', () => {
  const content = (cluster: string): string =>
    `/services/initializingworkspaces/root:ruled/clusters/${cluster}/api/v1/namespaces/default/configmaps`;

  it('let nobody in by the name of another', async () => {
    for (const headers of [
      { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' },
      { 'x-remote-user': 'user-1' },
      { 'x-remote-extra-authorization.kcp.io%2fwarrant': '{"user":"admin","groups":["system:masters"]}' },
    ]) {
      expect((await surfaces.ask('user-2', content(ruled), { headers })).status).toBe(403);
    }
  });

  it('let nobody impersonate who may not', async () => {
    for (const headers of [
      { 'impersonate-user': 'user-1' },
      { 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' },
      { 'impersonate-user': 'user-2', 'impersonate-group': 'system:kcp:initializer:root:ruled' },
      { 'impersonate-user': 'user-2', 'impersonate-extra-authorization.kcp.io%2fwarrant': '{"user":"user-1"}' },
    ]) {
      expect((await surfaces.ask('user-2', content(ruled), { headers })).status).toBe(403);
      expect((await surfaces.ask('user-2', `/clusters/${ruled}/api/v1/namespaces`, { headers })).status).toBe(403);
    }
  });

  it('take nobody to another logical cluster', async () => {
    const { status, object } = await surfaces.ask('user-1', content(ruled), {
      headers: { 'x-kubernetes-cluster': waiting },
    });
    expect([status, object['message']]).toEqual([400, expect.stringContaining('the path names the logical cluster')]);
    const same = await surfaces.ask('user-1', content(ruled), { headers: { 'x-kubernetes-cluster': ruled } });
    expect(same.status).toBe(200);
  });

  it('do not widen what a controller may do inside', async () => {
    const headers = { 'x-remote-group': 'system:masters', 'x-remote-user': 'admin' };
    const secrets = content(ruled).replace('configmaps', 'secrets');
    expect((await surfaces.ask('user-1', secrets, { headers })).status).toBe(403);
    expect((await surfaces.ask('user-1', content(ruled), { headers })).status).toBe(200);
  });
});

describe('a path below /services that leads nowhere', () => {
  it.each([
    '/services',
    '/services/',
    '/services/none/a/b',
    '/services/workspaces/root/most/apis',
    '/services/initializingworkspaces/x',
  ])('is answered as any other such path: %s', async (path) => {
    expect((await surfaces.ask('admin', path)).status).toBe(404);
    expect((await surfaces.ask('user-2', path)).status).toBe(403);
  });

  it('cannot be reached through another', async () => {
    const nested = `/services/workspaces/root/personal/services/initializingworkspaces/root:fast/clusters/*/apis`;
    expect((await surfaces.ask('admin', nested)).status).toBe(404);
    const within = `/services/initializingworkspaces/root:ruled/clusters/${ruled}/clusters/root/api/v1/namespaces`;
    expect((await surfaces.ask('admin', within)).status).toBeGreaterThanOrEqual(400);
  });
});
