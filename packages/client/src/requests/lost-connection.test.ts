import { describe, expect, it } from '@jest/globals';
import { startTestServer } from '@kcp/testing';
import { connectionOf } from '../kubeconfig/connection.ts';
import { loadKubeconfig } from '../kubeconfig/load.ts';
import { startCuttingProxy } from '../testing/cutting-proxy.ts';
import { kinds } from './kinds.ts';
import { connectClient } from './network-client.ts';

describe('a connection that is cut', () => {
  it('ends a watch with an error, and no event is missed by who goes on from the last version', async () => {
    await using server = await startTestServer();
    await using proxy = await startCuttingProxy(server.server.port);
    const direct = connectionOf(await loadKubeconfig({ paths: [await server.kubeconfig('a')], required: true }));
    const proxied = { ...direct, server: `https://127.0.0.1:${proxy.port}/clusters/a` };
    await using writer = connectClient(direct);
    await using reader = connectClient(proxied);
    await writer.of(kinds.Namespace).create({ metadata: { name: 'test' } });
    const write = (name: string) => writer.of(kinds.ConfigMap).namespace('test').create({ metadata: { name } });
    const maps = reader.of(kinds.ConfigMap).namespace('test');

    let { resourceVersion } = (await maps.list()).metadata;
    const fieldSelector = 'metadata.name!=kube-root-ca.crt';
    const told: string[] = [];
    const failures: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      await write(`before-${round}`);
      try {
        for await (const { object } of maps.watch({ resourceVersion, fieldSelector })) {
          resourceVersion = object.metadata.resourceVersion ?? '';
          told.push(object.metadata.name ?? '');
          if (object.metadata.name !== `before-${round}`) continue;
          proxy.cut();
          await write(`during-${round}`);
        }
      } catch (error) {
        failures.push(error);
      }
    }
    await write('last');
    for await (const { object } of maps.watch({ resourceVersion, fieldSelector })) {
      told.push(object.metadata.name ?? '');
      if (object.metadata.name === 'last') break;
    }
    expect(failures.length).toBe(3);
    for (const failure of failures) expect(failure).toMatchObject({ name: 'ConnectionError', phase: 'lost' });
    const all = [0, 1, 2].flatMap((round) => [`before-${round}`, `during-${round}`]);
    expect(told).toEqual([...all, 'last']);
  });

  it('does not hide what the server refuses, nor who it takes the caller for', async () => {
    await using server = await startTestServer();
    const connection = connectionOf(await loadKubeconfig({ paths: [await server.kubeconfig('a')], required: true }));
    const impersonate = { user: 'dave', uid: undefined, groups: ['team-9'], extra: new Map([['scope', ['x']]]) };
    await using client = connectClient({ ...connection, impersonate });
    const asked = client.of(kinds.Secret).namespace('default').get('s');
    await expect(asked).rejects.toMatchObject({ reason: 'Forbidden', message: expect.stringContaining('"dave"') });
    const stranger = { ...connection, credential: { kind: 'token', token: 'no-such-token' } } as const;
    await using nobody = connectClient(stranger);
    await expect(nobody.of(kinds.Secret).list()).rejects.toMatchObject({ reason: 'Unauthorized', code: 401 });
  });
});
