import { access } from 'node:fs/promises';
import { request } from 'node:https';
import { describe, expect, it } from '@jest/globals';
import { start, type Server } from '@kcp/kcp';
import { example } from './example.ts';

describe('the server as a library', () => {
  it('runs the example', async () => {
    const lines: string[] = [];
    const began = performance.now();
    await example((line) => void lines.push(line));
    process.stdout.write(`library example: started, used and stopped in ${Math.round(performance.now() - began)} ms\n`);
    expect(lines).toEqual(['listening on 127.0.0.1', 'apples has 1 namespace, pears has 0', 'stopping']);
  });

  it('keeps logical clusters apart, and answers over the network as it does in the process', async () => {
    await using server = await start();
    const [one, other] = [server.client('one'), server.client('other')];
    await one.create('/api/v1/namespaces', { metadata: { name: 'demo' } });
    await one.create('/api/v1/namespaces/demo/configmaps', { metadata: { name: 'a' }, data: { x: '1' } });
    expect(await one.get('/api/v1/namespaces/demo/configmaps/a')).toMatchObject({ data: { x: '1' } });
    await expect(other.get('/api/v1/namespaces/demo/configmaps/a')).rejects.toMatchObject({
      reason: 'NotFound',
      code: 404,
    });
    expect(JSON.parse(await fetchText(server, '/clusters/one/api/v1/namespaces/demo/configmaps/a'))).toMatchObject({
      data: { x: '1' },
    });
  });

  it('gives the events of a watch', async () => {
    await using server = await start();
    const client = server.client('watched');
    await client.create('/api/v1/namespaces', { metadata: { name: 'first' } });
    const names: unknown[] = [];
    for await (const { type, object } of client.watch('/api/v1/namespaces')) {
      names.push([type, (object as { metadata: { name: string } }).metadata.name]);
      if (names.length === 2) break;
      await client.create('/api/v1/namespaces', { metadata: { name: 'second' } });
    }
    expect(names).toEqual([
      ['ADDED', 'first'],
      ['ADDED', 'second'],
    ]);
  });

  it('runs several servers beside each other', async () => {
    await using one = await start();
    await using other = await start();
    expect(one.port).not.toBe(other.port);
    await one.client('root').create('/api/v1/namespaces', { metadata: { name: 'only-here' } });
    await expect(other.client('root').get('/api/v1/namespaces/only-here')).rejects.toMatchObject({ code: 404 });
  });

  it('leaves nothing behind: the port, the folder', async () => {
    const server = await start();
    await access(server.kubeconfig);
    await server.stop();
    await expect(access(server.kubeconfig)).rejects.toThrow('ENOENT');
    await expect(fetchText(server, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  it('ends the start where a hook fails', async () => {
    const afterStart = (): never => {
      throw new Error('not today');
    };
    await expect(start({ hooks: { afterStart } })).rejects.toThrow('not today');
  });
});

function fetchText(server: Server, path: string): Promise<string> {
  const headers = { authorization: `Bearer ${server.adminToken}` };
  return new Promise((resolve, reject) => {
    request(server.url + path, { headers, ca: server.certificateAuthority }, (response) => {
      response.toArray().then((chunks) => resolve(Buffer.concat(chunks as Buffer[]).toString('utf8')), reject);
    })
      .on('error', reject)
      .end();
  });
}
