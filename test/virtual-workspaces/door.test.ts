import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import { connectionOf, loadKubeconfig } from '@kcp/client';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { openWire, type Wire } from '@kcp/testing';
import { startSurfaceDoor, type SurfaceServer as DoorServer } from '@kcp/virtual-workspaces/door';
import {
  LOGICAL_CLUSTERS,
  namesIn,
  objectOf,
  startSurfaces,
  told,
  TYPES,
  WORKSPACES,
  type SurfaceServer,
} from './fixture.ts';

const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };

let surfaces: SurfaceServer;
let door: DoorServer;
let authority: KeyPair;
const wires: Wire[] = [];

beforeAll(async () => {
  surfaces = await startSurfaces();
  authority = await createAuthority({ commonName: 'test', ...validity });
  const serving = await issueCertificate({
    ...validity,
    authority,
    usage: 'server',
    commonName: 'door',
    hosts: ['127.0.0.1', 'localhost'],
  });
  const kubeconfig = await loadKubeconfig({ paths: [await surfaces.server.kubeconfig('root')], required: true });
  const connection = { ...connectionOf(kubeconfig), server: surfaces.server.url };
  door = await startSurfaceDoor({
    connection,
    host: '127.0.0.1',
    port: 0,
    tls: { cert: serving.certificate, key: serving.privateKey, clientCa: authority.certificate },
    clock: Date.now,
    logger: silentLogger,
    meter: silentMeter,
  });
  await surfaces.server.client('root').create(TYPES, {
    ...objectOf('tenancy.kcp.io/v1alpha1', 'WorkspaceType', 'fast'),
    spec: { initializer: true },
  });
  await surfaces.grantOnType('user-1', 'initialize', 'fast');
  await surfaces.workspace('root', 'waits', 'fast');
  await surfaces.workspace('root', 'team');
  await surfaces.letIn('root:team', { kind: 'User', name: 'user-2' });
});
afterAll(async () => {
  for (const wire of wires) wire[Symbol.dispose]();
  await door[Symbol.asyncDispose]();
  await surfaces[Symbol.asyncDispose]();
});

function withToken(token: string): Wire {
  const wire = openWire({ url: door.url, token, authority: authority.certificate });
  wires.push(wire);
  return wire;
}

async function withCertificate(commonName: string, organizations: readonly string[], token?: string): Promise<Wire> {
  const pair = await issueCertificate({ ...validity, authority, usage: 'client', commonName, organizations });
  const wire = openWire({
    url: door.url,
    authority: authority.certificate,
    clientCertificate: pair,
    ...(token !== undefined && { token }),
  });
  wires.push(wire);
  return wire;
}

const LIST = `/services/initializingworkspaces/root:fast/clusters/*${LOGICAL_CLUSTERS}`;
const MINE = `/services/workspaces/*/all${WORKSPACES}`;

describe('surfaces behind a door of their own', () => {
  it('show callers with a token what is theirs', async () => {
    const [one, two] = [withToken(surfaces.server.tokenOf('user-1')), withToken(surfaces.server.tokenOf('user-2'))];
    expect(namesIn(await one.request(LIST))).toEqual(['cluster']);
    expect((await two.request(LIST)).status).toBe(403);
    expect(namesIn(await two.request(MINE))).toEqual(['team']);
    expect((await withToken('none').request(MINE)).status).toBe(401);
  });

  it('show callers with a certificate what is theirs', async () => {
    expect(namesIn(await (await withCertificate('user-1', [])).request(LIST))).toEqual(['cluster']);
    expect((await (await withCertificate('user-3', [])).request(LIST)).status).toBe(403);
  });

  it('know nobody by a group that is for servers', async () => {
    for (const group of ['system:masters', 'system:kcp:logical-cluster-admin', 'system:kcp:initializer:root:fast']) {
      const wire = await withCertificate('intruder', [group]);
      expect((await wire.request(LIST)).status).toBe(403);
      expect(namesIn(await wire.request(MINE))).toEqual([]);
    }
  });

  it('never lend a caller the rights of the door', async () => {
    for (const headers of [
      { 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' },
      { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' },
      { authorization: '' },
    ]) {
      const { status } = await withToken(surfaces.server.tokenOf('user-3')).request(LIST, { headers });
      expect([401, 403]).toContain(status);
    }
    const both = await withCertificate('user-3', [], surfaces.server.tokenOf('admin'));
    expect((await both.request(LIST)).status).toBe(403);
  });

  it('tell what happens as it happens', async () => {
    using events = await withToken(surfaces.server.tokenOf('user-1')).watch(`${LIST}?watch=1`);
    expect(told(await events.take(1))).toEqual(['ADDED cluster']);
    await surfaces.workspace('root', 'waits-too', 'fast');
    expect(told(await events.take(1))).toEqual(['ADDED cluster']);
  });

  it('are all that the door leads to', async () => {
    const admin = withToken(surfaces.server.tokenOf('admin'));
    for (const path of [
      '/api/v1/namespaces',
      '/clusters/root/api/v1/namespaces',
      '/metrics',
      '/services/../clusters/root/api',
    ])
      expect((await admin.request(path)).status).toBe(404);
    expect((await admin.request('/readyz')).status).toBe(200);
  });
});
