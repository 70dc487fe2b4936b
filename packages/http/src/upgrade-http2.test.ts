import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Handler } from './exchange.ts';
import type { MessageSocket } from './message-socket.ts';
import { openDoor } from './test-door.ts';

const echo: Handler = ({ upgrade, method, path }) => {
  if (!upgrade || path === '/refuse') return { status: 403, headers: {}, body: Buffer.from(`no ${method}`) };
  const run = async (socket: MessageSocket): Promise<void> => {
    for await (const message of socket) socket.send(message);
  };
  const [subprotocol] = upgrade.subprotocols;
  return { status: 101, headers: { 'audit-id': 'id' }, upgrade: { protocol: 'websocket', subprotocol, run } };
};

async function ask(session: ClientHttp2Session, path: string, more: Record<string, string> = {}) {
  await once(session, 'remoteSettings');
  const stream = session.request(
    { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': path, ':authority': 'a', ...more },
    { endStream: false },
  );
  const [head]: Record<string, unknown>[] = await once(stream, 'response');
  return { stream, head };
}

async function bytes(stream: ClientHttp2Stream, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < size) {
    const [part]: Buffer[] = await once(stream, 'data');
    if (part) parts.push(part);
    length += part?.byteLength ?? 0;
  }
  return Buffer.concat(parts);
}

/** A masked text frame whose mask is all zeros. */
function frame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

describe('an extended CONNECT (RFC 8441)', () => {
  it('is a socket to the handler, as over HTTP/1.1', async () => {
    await using test = await openDoor(echo);
    const { stream, head } = await ask(test.session(), '/x', { 'sec-websocket-protocol': 'first, second' });
    expect(head).toMatchObject({ ':status': 200, 'audit-id': 'id', 'sec-websocket-protocol': 'first' });
    stream.write(frame('hello'));
    expect((await bytes(stream, 7)).toString('latin1')).toBe('\x81\x05hello');
    stream.write(frame('again'));
    expect((await bytes(stream, 7)).toString('latin1')).toBe('\x81\x05again');
  });

  it('leaves room for others on its connection', async () => {
    await using test = await openDoor(echo);
    const session = test.session();
    const first = await ask(session, '/x');
    const second = session.request({ ':path': '/plain' });
    const [head]: Record<string, unknown>[] = await once(second, 'response');
    expect(head?.[':status']).toBe(403);
    first.stream.write(frame('hello'));
    expect((await bytes(first.stream, 7)).toString('latin1')).toBe('\x81\x05hello');
  });

  it('is refused by an ordinary answer; to the handler it is a GET', async () => {
    await using test = await openDoor(echo);
    const { stream, head } = await ask(test.session(), '/refuse');
    expect(head?.[':status']).toBe(403);
    expect(String(await bytes(stream, 6))).toBe('no GET');
  });

  it('is refused where a sub-protocol is no token', async () => {
    await using test = await openDoor(echo);
    const { head } = await ask(test.session(), '/x', { 'sec-websocket-protocol': 'a b' });
    expect(head?.[':status']).toBe(400);
  });

  it('is refused for another protocol', async () => {
    await using test = await openDoor(echo);
    const { head } = await ask(test.session(), '/x', { ':protocol': 'connect-udp' });
    expect(head?.[':status']).toBe(501);
  });

  it('ends with 1001 where the door stops', async () => {
    await using test = await openDoor(echo);
    const { stream } = await ask(test.session(), '/x');
    const said = bytes(stream, 4);
    const stopped = test.door.stop(200);
    expect((await said).subarray(2, 4)).toEqual(Buffer.from([1001 >> 8, 1001 & 255]));
    stream.end();
    await stopped;
  });

  it('tells the handler where the stream is reset', async () => {
    const broken = Promise.withResolvers<MessageSocket>();
    const run = (socket: MessageSocket): Promise<void> =>
      new Promise((resolve) => {
        socket.onClose(() => {
          broken.resolve(socket);
          resolve();
        });
      });
    await using test = await openDoor(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const { stream } = await ask(test.session(), '/x');
    stream.close(8);
    expect((await broken.promise).end?.code).toBe(1006);
  });
});
