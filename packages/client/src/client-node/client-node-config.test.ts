import { describe, expect, it } from '@jest/globals';
import { startTestServer } from '@kcp/testing';
import { CoreV1Api } from '@kubernetes/client-node';
import { connectionOf, type Connection } from '../kubeconfig/connection.ts';
import { loadKubeconfig } from '../kubeconfig/load.ts';
import { clientNodeConfig } from './client-node-config.ts';

describe('a connection for @kubernetes/client-node', () => {
  it('reaches the logical cluster that it names, and others', async () => {
    await using server = await startTestServer();
    const connection = connectionOf(await loadKubeconfig({ paths: [await server.kubeconfig('one')], required: true }));
    const one = clientNodeConfig(connection).makeApiClient(CoreV1Api);
    const two = clientNodeConfig(connection, { cluster: 'two' }).makeApiClient(CoreV1Api);
    await one.createNamespace({ body: { metadata: { name: 'demo' } } });
    const names = async (api: CoreV1Api) => (await api.listNamespace()).items.map(({ metadata }) => metadata?.name);
    expect(await names(one)).toContain('demo');
    expect(await names(two)).not.toContain('demo');
  });

  it('keeps files, programs and names what it has no place for', () => {
    const file = (path: string) => ({ kind: 'file', path }) as const;
    const connection: Connection = {
      server: 'https://h/clusters/a',
      authority: file('/ca'),
      certificate: { certificate: file('/cert'), key: { kind: 'data', pem: 'KEY' } },
      credential: { kind: 'token-file', path: '/token', token: undefined },
      tlsServerName: 'name',
    };
    const config = clientNodeConfig(connection, { cluster: 'root:b' });
    expect(config.getCurrentCluster()).toMatchObject({
      server: 'https://h/clusters/root:b',
      caFile: '/ca',
      tlsServerName: 'name',
      skipTLSVerify: false,
    });
    expect(config.getCurrentUser()).toMatchObject({
      certFile: '/cert',
      keyData: Buffer.from('KEY').toString('base64'),
      authProvider: { config: { tokenFile: '/token' } },
    });
    expect(() => clientNodeConfig(connection, { cluster: 'No' })).toThrow(RangeError);
    const impersonate = { user: 'u', uid: undefined, groups: ['g'], extra: new Map<string, readonly string[]>() };
    expect(() => clientNodeConfig({ ...connection, impersonate })).toThrow('impersonates by name only');
    expect(
      clientNodeConfig({ ...connection, impersonate: { ...impersonate, groups: [] } }).getCurrentUser(),
    ).toMatchObject({
      impersonateUser: 'u',
    });
  });
});
