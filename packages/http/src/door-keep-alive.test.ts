import { describe, expect, it } from '@jest/globals';
import { openDoor } from './test-door.ts';

const large = Buffer.alloc(1024 * 1024, 'x');

describe('a connection that is used again', () => {
  it('takes a large body while the large answer before it is still on its way', async () => {
    const sizes: number[] = [];
    await using test = await openDoor(async (request) => {
      sizes.push((await request.body(2 * large.length)).length);
      return { status: 200, headers: {}, body: request.path === '/last' ? Buffer.from('done') : large };
    });
    const client = await test.raw();
    client.socket.pause();
    const body = Buffer.alloc(300_000, 'y');
    const post = (path: string, close: string): string =>
      `POST ${path} HTTP/1.1\r\nhost: x\r\n${close}content-length: ${body.length}\r\n\r\n`;
    client.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    for (const path of ['/a', '/b']) {
      client.socket.write(post(path, ''));
      client.socket.write(body);
    }
    client.socket.write(post('/last', 'connection: close\r\n'));
    client.socket.write(body);
    client.socket.resume();
    const received = await client.received();
    expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4);
    expect(received.endsWith('done')).toBe(true);
    expect(sizes).toEqual([0, body.length, body.length, body.length]);
  });
});
