import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { startTestServer } from './test-server.ts';

describe('a test server', () => {
  it('knows its users, and leaves nothing behind', async () => {
    let folder = '';
    {
      await using server = await startTestServer();
      ({ folder } = server);
      await server.client('one').create('/api/v1/namespaces', { metadata: { name: 'demo' } });
      using admin = server.wire('one');
      using user = server.wire('one', 'user-1');
      expect((await admin.request('/api/v1/namespaces/demo')).status).toBe(200);
      expect((await user.request('/api/v1/namespaces/demo')).status).toBe(403);
      expect(await readFile(await server.kubeconfig('one', 'user-1'), 'utf8')).toContain(server.tokenOf('user-1'));
    }
    await expect(access(folder)).rejects.toThrow('ENOENT');
  });

  it('gives the events of a watch, and says when no more come', async () => {
    await using server = await startTestServer();
    using wire = server.wire('one');
    using watch = await wire.watch('/api/v1/namespaces?watch=true');
    await wire.request('/api/v1/namespaces', { method: 'POST', body: { metadata: { name: 'demo' } } });
    expect(await watch.take(1)).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'demo' } } }]);
    expect(await watch.take(1, 1)).toEqual([]);
  });
});
