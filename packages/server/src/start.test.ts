import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { start, type Server } from './index.ts';
import { tokenOfUser } from './kubeconfig-file.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-server-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const namespace = (name: string): JsonObject => ({ metadata: { name } });
const names = (list: JsonObject): unknown[] =>
  (list['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);

describe('a server', () => {
  it('holds logical clusters that know nothing of each other', async () => {
    await using server = await start({ freezesObjects: true });
    const [blue, green] = [server.client('blue'), server.client('green')];
    await blue.create('/api/v1/namespaces', namespace('one'));
    await green.create('/api/v1/namespaces', namespace('two'));
    expect(names(await blue.get('/api/v1/namespaces'))).toEqual(['one']);
    expect(names(await green.get('/api/v1/namespaces'))).toEqual(['two']);
    expect(
      names(await server.client('*').get('/api/v1/namespaces', { fieldSelector: 'metadata.name!=default' })),
    ).toEqual(expect.arrayContaining(['one', 'two']));
    await expect(green.get('/api/v1/namespaces/one')).rejects.toMatchObject({
      code: 404,
      message: 'namespaces "one" not found',
    });
  });

  it('tells watchers of one cluster what happens there, and nothing else', async () => {
    await using server = await start({ freezesObjects: true });
    const [blue, green] = [server.client('blue'), server.client('green')];
    const stop = new AbortController();
    const seen: unknown[] = [];
    const { metadata } = (await blue.get('/api/v1/namespaces')) as { metadata: { resourceVersion: string } };
    await green.create('/api/v1/namespaces', namespace('elsewhere'));
    await blue.create('/api/v1/namespaces', namespace('here'));
    await blue.patch('/api/v1/namespaces/here', { metadata: { labels: { a: 'b' } } });
    for await (const event of blue.watch(
      '/api/v1/namespaces',
      { resourceVersion: metadata.resourceVersion },
      stop.signal,
    )) {
      const { type, object } = event as { type: string; object: { metadata: { name: string } } };
      seen.push(`${type} ${object.metadata.name}`);
      if (type === 'MODIFIED') break;
    }
    expect(seen).toEqual(['ADDED here', 'MODIFIED here']);
  });

  it('keeps what was acknowledged, the admin token and the certificate over a restart', async () => {
    const rootDirectory = join(folder, 'restart');
    const open = (): Promise<Server> => start({ rootDirectory });
    const first = await open();
    await first.client('blue').create('/api/v1/namespaces', namespace('kept'));
    const before = { token: first.adminToken, authority: first.certificateAuthority };
    await first.stop();
    await using second = await open();
    expect({ token: second.adminToken, authority: second.certificateAuthority }).toEqual(before);
    expect(names(await second.client('blue').get('/api/v1/namespaces'))).toEqual(['kept']);
  });

  it('writes credentials that only their owner can read', async () => {
    const rootDirectory = join(folder, 'modes');
    await using server = await start({ rootDirectory, storage: 'memory' });
    for (const file of ['admin.kubeconfig', '.admin-token-store', 'apiserver.key', 'ca.key', 'sa.key']) {
      expect([file, (await stat(join(rootDirectory, file))).mode & 0o777]).toEqual([file, 0o600]);
    }
    const kubeconfig = await readFile(server.kubeconfig, 'utf8');
    expect(tokenOfUser(kubeconfig, 'shard-admin')).toBe(server.adminToken);
    for (const context of ['root', 'base', '"system:admin"', 'shard-base'])
      expect(kubeconfig).toContain(`- name: ${context.startsWith('"') ? context : `"${context}"`}`);
    expect(kubeconfig).toContain('current-context: "root"');
  });

  it('refuses to start where the token hash and the kubeconfig do not fit together, and says what to do', async () => {
    const rootDirectory = join(folder, 'tokens');
    await (await start({ rootDirectory, storage: 'memory' })).stop();
    await rm(join(rootDirectory, 'admin.kubeconfig'));
    await expect(start({ rootDirectory, storage: 'memory' })).rejects.toThrow(/remove the first file/);
  });

  it('refuses a root directory that is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(start({ rootDirectory: file })).rejects.toThrow(/is a file: name a folder/);
  });

  it('refuses a root directory that another server has', async () => {
    const rootDirectory = join(folder, 'shared');
    await using _first = await start({ rootDirectory });
    await expect(start({ rootDirectory })).rejects.toThrow(/in use/);
  });

  it('calls its hooks while it answers', async () => {
    const calls: string[] = [];
    const look = (name: string) => async (server: Server) => {
      const { major } = await server.client('root').get('/version');
      calls.push(`${name} ${JSON.stringify(major)}`);
    };
    const server = await start({ hooks: { afterStart: look('after start'), beforeStop: look('before stop') } });
    await server.stop();
    await server.stop();
    expect(calls).toEqual(['after start "1"', 'before stop "1"']);
  });

  it('knows the users of a token file, and lets them in only where they may', async () => {
    const tokenAuthFile = join(folder, 'tokens.csv');
    await writeFile(tokenAuthFile, 'user-token,user-1,1,"team-1"\n');
    await using server = await start({ tokenAuthFile });
    await server.client('blue').create('/api/v1/namespaces', namespace('secret'));
    const ask = (cluster: string) => server.client(cluster).request('/api/v1/namespaces');
    expect(names(await ask('blue'))).toEqual(['secret']);
    const user = server.clientOf('user-token', 'blue');
    await expect(user.get('/api/v1/namespaces')).rejects.toMatchObject({ code: 403 });
    await expect(server.clientOf('wrong', 'blue').get('/api/v1/namespaces')).rejects.toMatchObject({
      code: 401,
      reason: 'Unauthorized',
    });
  });
});
