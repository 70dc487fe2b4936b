import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { startHttpsServer, startIssuer } from '@kcp/auth/testing';
import { startServerProcess, openWire, formatTokenFile, type ServerProcess } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';
import { authority, clientOf, makeFolder, whoAmI, type Folder } from './fixture.ts';

const guide = await readFile(new URL('../../docs/signing-in.md', import.meta.url), 'utf8');
/** The block of the guide that bears a name. */
function example(name: string): string {
  for (const [, title, block = ''] of guide.matchAll(/```\w+ (\S+)\n([\s\S]*?)```/g)) if (title === name) return block;
  throw new Error(`the guide has no example ${name}`);
}

let parts: AsyncDisposableStack;
let folder: Folder;
beforeEach(async () => {
  parts = new AsyncDisposableStack();
  folder = parts.use(await makeFolder());
});
afterEach(() => parts.disposeAsync());

/** Runs `kcp start` as an example has it: names of files are those of the test's folder, addresses those of the test's servers. */
async function start(name: string, places: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const words = placed(example(name), places).replaceAll('\\\n', ' ').trim().split(/\s+/).slice(2);
  const flags = await Promise.all(
    words.map(async (word) => word.replace(/=([\w.]+\.(?:pem|yaml|kubeconfig))$/, `=${folder.path}/$1`)),
  );
  const tokens = await folder.write('tokens.csv', formatTokenFile());
  const own = [
    '--root-directory',
    `${folder.path}/root`,
    '--token-auth-file',
    tokens,
    '--bind-address',
    '127.0.0.1',
    '--secure-port',
    '0',
    '--storage',
    'memory',
  ];
  return parts.use(await startServerProcess({ program: kcpProgram, arguments: ['start', ...own, ...flags] }));
}

function placed(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((done, [from, to]) => done.replaceAll(from, to), text);
}

interface Caller {
  readonly token?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly privateKey: string };
}
const wire = ({ url, certificateAuthority }: ServerProcess, caller: Caller = {}) =>
  openWire({ url: `${url}/clusters/root`, authority: certificateAuthority, ...caller });
/** Lets everybody who proved who they are do everything. */
async function openDoors(server: ServerProcess): Promise<void> {
  const { status } = await wire(server, { token: 'admin-token' }).request(
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    {
      method: 'POST',
      body: {
        metadata: { name: 'all' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
      },
    },
  );
  expect(status).toBe(201);
}

describe('the guide’s example of', () => {
  it('one issuer', async () => {
    const issuer = parts.use(await startIssuer());
    await folder.write('issuer.pem', issuer.certificateAuthority);
    const server = await start('oidc', { 'https://issuer.example': issuer.url });
    await openDoors(server);
    const token = await issuer.sign({ aud: 'kcp', groups: ['devs'] });
    expect(await whoAmI(wire(server, { token }))).toMatchObject({
      username: `${issuer.url}#jane`,
      groups: ['oidc:devs', 'system:authenticated'],
    });
  });
  it('several issuers', async () => {
    const issuer = parts.use(await startIssuer());
    const pem = issuer.certificateAuthority.trim().replaceAll('\n', '\n        ');
    const file = placed(example('authentication.yaml'), { 'https://issuer.example': issuer.url, ISSUER_PEM: pem });
    await folder.write('authentication.yaml', file);
    const server = await start('structured');
    await openDoors(server);
    const token = await issuer.sign({ aud: 'kcp-cli', roles: ['kcp-a', 'other'], department: 'x' });
    expect(await whoAmI(wire(server, { token }))).toEqual({
      username: 'corp:jane',
      groups: ['corp:kcp-a', 'system:authenticated'],
      extra: { 'corp.example/department': ['x'] },
    });
    expect((await wire(server).request('/livez')).status).toBe(200);
    expect((await wire(server).request('/version')).status).toBe(401);
  });
  it('a front proxy', async () => {
    const proxies = await authority('proxies');
    await folder.write('proxies.pem', proxies.certificate);
    await folder.write('users.pem', (await authority('users')).certificate);
    const server = await start('front-proxy');
    await openDoors(server);
    const clientCertificate = await clientOf(proxies, 'front-proxy');
    const headers = { 'x-remote-user': 'jane', 'x-remote-group': 'devs' };
    expect(await whoAmI(wire(server, { clientCertificate }), headers)).toMatchObject({
      username: 'jane',
      groups: ['devs', 'system:authenticated'],
    });
  });
  it('webhooks', async () => {
    const asked: string[] = [];
    const directory = parts.use(
      await startHttpsServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += String(chunk)));
        request.on('end', () => {
          asked.push(request.headers.authorization ?? '');
          const { kind } = JSON.parse(body) as { kind: string };
          const status =
            kind === 'TokenReview' ? { authenticated: true, user: { username: 'jane' } } : { allowed: true };
          response.end(JSON.stringify({ status }));
        });
      }),
    );
    await folder.write('directory.pem', directory.authority.certificate);
    await folder.write(
      'token.kubeconfig',
      placed(example('token.kubeconfig'), { 'https://directory.example': directory.url }),
    );
    const server = await start('webhooks');
    expect(await whoAmI(wire(server, { token: 'hers' }))).toMatchObject({ username: 'jane' });
    expect(new Set(asked)).toEqual(new Set(['Bearer what-the-directory-knows-us-by']));
  });
  it('bootstrap tokens', async () => {
    const server = await start('bootstrap');
    await openDoors(server);
    const admin = wire(server, { token: 'admin-token' });
    await admin.request('/api/v1/namespaces', { method: 'POST', body: { metadata: { name: 'kube-system' } } });
    const secret = { method: 'POST', text: example('secret'), contentType: 'application/yaml' };
    expect((await admin.request('/api/v1/namespaces/kube-system/secrets', secret)).status).toBe(201);
    expect(await whoAmI(wire(server, { token: '07401b.f395accd246ae52d' }))).toMatchObject({
      username: 'system:bootstrap:07401b',
      groups: ['system:bootstrappers', 'system:bootstrappers:workers', 'system:authenticated'],
      extra: { 'authentication.kcp.io/scopes': ['cluster:root'] },
    });
  });

  it('issuers of a type', async () => {
    const issuer = parts.use(await startIssuer());
    const server = await start('bootstrap');
    const headers = { 'impersonate-user': 'admin', 'impersonate-group': 'system:kcp:admin' };
    const admin = wire(server, { token: 'admin-token' });
    const at = '/apis/tenancy.kcp.io/v1alpha1';
    const create = async (plural: string, text: string): Promise<void> => {
      const made = await admin.request(`${at}/${plural}`, {
        method: 'POST',
        text,
        contentType: 'application/yaml',
        headers,
      });
      expect([made.status, made.headers['warning']]).toEqual([201, undefined]);
    };
    const pem = issuer.certificateAuthority.trim().replaceAll('\n', `\n${' '.repeat(10)}`);
    const places = { 'https://issuer.example': issuer.url, ISSUER_PEM: pem };
    await create('workspaceauthenticationconfigurations', placed(example('configuration'), places));
    await create('workspacetypes', example('type'));
    const spec = { type: { name: 'corporate', path: 'root' } };
    const workspace = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace', metadata: { name: 'hq' }, spec };
    await create('workspaces', JSON.stringify(workspace));
    using events = await admin.watch(`${at}/workspaces?watch=true&fieldSelector=metadata.name%3Dhq`);
    const isReady = ({ object }: JsonObject): boolean => JSON.stringify(object).includes('"phase":"Ready"');
    while (!(await events.take(1)).every(isReady));
    const hq = (token: string) =>
      openWire({ url: `${server.url}/clusters/root:hq`, authority: server.certificateAuthority, token });
    await hq('admin-token').request('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      method: 'POST',
      body: {
        metadata: { name: 'devs' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:kcp:workspace:access' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'corp:devs' }],
      },
    });
    const token = await issuer.sign({ aud: 'kcp', groups: ['devs'] });
    expect(await whoAmI(hq(token))).toMatchObject({
      username: 'corp:jane',
      groups: ['corp:devs', 'system:authenticated'],
    });
    expect(await whoAmI(wire(server, { token }))).toBe(401);
  });
});
