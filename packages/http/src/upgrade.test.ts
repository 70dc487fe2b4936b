import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Handler } from './exchange.ts';
import type { MessageSocket, UpgradeRequest } from './message-socket.ts';
import { openDoor } from './test-door.ts';

/** Takes every upgrade on, says it back in the kind that it came in, and shows what it was asked for. */
function echoing() {
  const asked: (UpgradeRequest | undefined)[] = [];
  const sockets: MessageSocket[] = [];
  const handler: Handler = ({ upgrade, path }) => {
    asked.push(upgrade);
    if (!upgrade || path === '/refuse') return { status: 403, headers: {}, body: Buffer.from('no') };
    const run = async (socket: MessageSocket): Promise<void> => {
      sockets.push(socket);
      for await (const message of socket) socket.send(message);
    };
    const [subprotocol] = upgrade.subprotocols;
    return { status: 101, headers: { 'audit-id': 'id' }, upgrade: { protocol: 'websocket', subprotocol, run } };
  };
  return { handler, asked, sockets };
}

async function next(client: WebSocket): Promise<{ text: string; binary: boolean }> {
  const [data, binary]: unknown[] = await once(client, 'message');
  return { text: String(data), binary: binary === true };
}

async function closed(client: WebSocket): Promise<string> {
  const [code, reason]: unknown[] = await once(client, 'close');
  return `${String(code)} ${String(reason)}`;
}

const handshake =
  'GET /x HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\nsec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('an upgrade to a WebSocket', () => {
  it('brings text and binary messages to the handler and back', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler);
    const client = test.socket('/x');
    await once(client, 'open');
    client.send('ä text');
    expect(await next(client)).toEqual({ text: 'ä text', binary: false });
    client.send(Buffer.from([0, 255]));
    expect(await next(client)).toEqual({ text: String(Buffer.from([0, 255])), binary: true });
  });

  it('answers with the headers of the response and the one sub-protocol that it names', async () => {
    const { handler, asked } = echoing();
    await using test = await openDoor(handler);
    const client = test.socket('/x', { subprotocols: ['first', 'second'] });
    const [response]: { headers: Record<string, string> }[] = await once(client, 'upgrade');
    expect(response?.headers).toMatchObject({ 'audit-id': 'id', 'sec-websocket-protocol': 'first' });
    expect(asked).toEqual([{ protocol: 'websocket', subprotocols: ['first', 'second'] }]);
  });

  it('sends back no sub-protocol where the handler names none', async () => {
    const handler: Handler = () => ({
      status: 101,
      headers: {},
      upgrade: {
        protocol: 'websocket',
        run: async (socket) => void socket.send({ kind: 'text', data: Buffer.from('x') }),
      },
    });
    await using test = await openDoor(handler);
    const raw = await test.raw();
    raw.socket.write(`${handshake}sec-websocket-protocol: secret\r\n\r\n`);
    const answer = await raw.until(/\r\n\r\n/);
    expect(answer).toMatch(/^HTTP\/1.1 101 /);
    expect(answer).not.toContain('secret');
  });

  it('takes messages that came together with the handshake', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler);
    const raw = await test.raw();
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    raw.socket.write(Buffer.concat([Buffer.from(`${handshake}\r\n`), frame]));
    expect(await raw.until(/hi$/)).toMatch(/\r\n\r\n\x81\x02hi$/);
  });

  it('is refused by an ordinary answer, after which the connection ends', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler);
    const raw = await test.raw();
    raw.socket.write(`${handshake.replace('/x', '/refuse')}\r\n`);
    const answer = await raw.received();
    expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    expect(answer).toMatch(/connection: close\r\n/i);
    expect(answer).toMatch(/\r\n\r\nno$/);
  });

  it.each([
    ['another version', handshake.replace('version: 13', 'version: 8'), /^HTTP\/1.1 426 .*sec-websocket-version: 13/is],
    ['no key', handshake.replace(/sec-websocket-key.*\r\n/, ''), /^HTTP\/1.1 400 .*Sec-WebSocket-Key/is],
    ['a key that is none', handshake.replace('dGhl', '####'), /^HTTP\/1.1 400 .*Sec-WebSocket-Key/is],
    ['a sub-protocol that is no token', `${handshake}sec-websocket-protocol: a b\r\n`, /^HTTP\/1.1 400 /],
    ['a sub-protocol twice', `${handshake}sec-websocket-protocol: a, a\r\n`, /^HTTP\/1.1 400 /],
    ['no path', handshake.replace('/x', '*'), /^HTTP\/1.1 400 /],
  ])('is refused with a Status, its handler not asked: %s', async (_name, text, expected) => {
    const { handler, asked } = echoing();
    await using test = await openDoor(handler);
    const raw = await test.raw();
    raw.socket.write(`${text}\r\n`);
    const answer = await raw.received();
    expect(answer).toMatch(expected);
    expect(answer).toContain('"kind":"Status"');
    expect(asked).toEqual([]);
  });

  it('breaks off where it is pipelined behind another request', async () => {
    const held = Promise.withResolvers<never>();
    await using test = await openDoor(() => held.promise);
    const raw = await test.raw();
    raw.socket.write(`GET /slow HTTP/1.1\r\nhost: a\r\n\r\n${handshake}\r\n`);
    expect(await raw.received()).toBe('');
  });

  it.each(['SPDY/3.1', 'h2c', 'websockets'])(
    'is not made to %s: the request is an ordinary one, with its body',
    async (name) => {
      const handler: Handler = async (request) => {
        const body = await request.body(100);
        return { status: 400, headers: {}, body: Buffer.from(`${typeof request.upgrade} ${String(body)}`) };
      };
      await using test = await openDoor(handler);
      const raw = await test.raw();
      raw.socket.write(
        `POST /exec HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: ${name}\r\ncontent-length: 4\r\n\r\nbody`,
      );
      expect(await raw.until(/undefined body$/)).toMatch(/^HTTP\/1.1 400 /);
    },
  );

  it('is a failure of the handler where nobody asked for it', async () => {
    const run = async (): Promise<void> => {};
    await using test = await openDoor(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    expect((await test.http1()({ target: '/' })).status).toBe(500);
    expect((await test.http2()({ target: '/' })).status).toBe(500);
    expect(test.errors).toHaveLength(2);
  });

  it('is a failure of the handler where a header would break the answer open', async () => {
    const run = async (): Promise<void> => {};
    const headers = { 'x-evil': 'a\r\nset-cookie: b' };
    await using test = await openDoor(() => ({ status: 101, headers, upgrade: { protocol: 'websocket', run } }));
    const raw = await test.raw();
    raw.socket.write(`${handshake}\r\n`);
    const answer = await raw.received();
    expect(answer).not.toContain('set-cookie');
    expect(answer).not.toMatch(/^HTTP\/1.1 101/);
  });
});

describe('the end of a socket', () => {
  it('is ordinary once the handler is done', async () => {
    const { handler, sockets } = echoing();
    await using test = await openDoor(handler);
    const client = test.socket('/x');
    await once(client, 'open');
    client.send('a');
    await next(client);
    sockets[0]?.discard();
    expect(await closed(client)).toBe('1000 ');
  });

  it('tells the handler that the client closed, and why', async () => {
    const { handler, sockets } = echoing();
    await using test = await openDoor(handler);
    const client = test.socket('/x');
    await once(client, 'open');
    const gone = new Promise<void>((resolve) => sockets[0]?.onClose(resolve));
    client.close(4001, 'enough');
    await gone;
    expect(sockets[0]?.end).toEqual({ code: 4001, reason: 'enough' });
    expect(sockets[0]?.signal.aborted).toBe(true);
  });

  it('tells the handler that the connection broke', async () => {
    const broken = Promise.withResolvers<MessageSocket>();
    const run = (socket: MessageSocket): Promise<void> =>
      new Promise((resolve) => {
        socket.onClose(() => {
          broken.resolve(socket);
          resolve();
        });
      });
    await using test = await openDoor(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const client = test.socket('/x');
    await once(client, 'open');
    client.terminate();
    expect((await broken.promise).end?.code).toBe(1006);
  });

  it('is 1011 where the handler fails, which is logged and not told', async () => {
    const run = (): Promise<void> => Promise.reject(new Error('secret'));
    await using test = await openDoor(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const client = test.socket('/x');
    expect(await closed(client)).toBe('1011 internal error');
    expect(test.errors).toHaveLength(1);
  });

  it('is 1009 where a message is too large', async () => {
    const { handler, sockets } = echoing();
    await using test = await openDoor(handler, { limits: { messageBytes: 1000 } });
    const client = test.socket('/x');
    await once(client, 'open');
    client.send('x'.repeat(1000));
    await next(client);
    client.send('x'.repeat(1001));
    expect(await closed(client)).toMatch(/^1009/);
    expect(sockets[0]?.end?.code).toBe(1009);
  });

  it('is 1007 where a text is none', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler);
    const client = test.socket('/x');
    await once(client, 'open');
    client.send(Buffer.from([0xff]), { binary: false });
    expect(await closed(client)).toMatch(/^1007/);
  });

  it('is 1001 where the door stops, which waits for the good-bye', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler);
    const client = test.socket('/x');
    await once(client, 'open');
    const end = closed(client);
    await test.door.stop();
    expect(await end).toBe('1001 the server is stopping');
  });

  it('comes at the end of the grace where the client never says good-bye', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler);
    const raw = await test.raw();
    raw.socket.write(`${handshake}\r\n`);
    await raw.until(/\r\n\r\n/);
    await test.door.stop(20);
    expect(await raw.received()).toContain('the server is stopping');
  });
});

describe('the bounds of sockets', () => {
  it('refuse more than are allowed at once, with 503, and free a place when one closes', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler, { limits: { upgrades: 1 } });
    const first = test.socket('/x');
    await once(first, 'open');
    const raw = await test.raw();
    raw.socket.write(`${handshake}\r\n`);
    expect(await raw.received()).toMatch(/^HTTP\/1.1 503 .*too many upgraded connections/s);
    first.close();
    await closed(first);
    const second = test.socket('/x');
    await once(second, 'open');
  });

  it('keep who answers pings, and cut off who does not', async () => {
    const { handler } = echoing();
    await using test = await openDoor(handler, { limits: { pingMs: 1_000 } });
    const alive = test.socket('/x');
    await once(alive, 'open');
    const deaf = await test.raw();
    deaf.socket.write(`${handshake}\r\n`);
    // never a pong: the connection ends by itself
    expect(await deaf.received()).toMatch(/\x89\x00$/);
    await once(alive, 'ping');
    alive.send('still here');
    expect((await next(alive)).text).toBe('still here');
  });

  it('make a writer wait for a client that does not read', async () => {
    const total = 64;
    const waits: number[] = [];
    const data = Buffer.alloc(256 * 1024);
    const run = async (socket: MessageSocket): Promise<void> => {
      for (let at = 0; at < total; at += 1) {
        if (socket.send({ kind: 'binary', data })) continue;
        waits.push(socket.pending);
        await socket.drained();
      }
    };
    await using test = await openDoor(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const client = test.socket('/x');
    let got = 0;
    client.on('message', (message: Buffer) => {
      got += message.byteLength;
    });
    expect(await closed(client)).toBe('1000 ');
    expect(got).toBe(total * data.byteLength);
    expect(waits.length).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThan(2 * data.byteLength);
  });

  it('stop a client whose messages nobody reads, and go on once somebody does', async () => {
    const opened = Promise.withResolvers<MessageSocket>();
    const done = Promise.withResolvers<void>();
    const run = (socket: MessageSocket): Promise<void> => {
      opened.resolve(socket);
      return done.promise;
    };
    await using test = await openDoor(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const client = test.socket('/x');
    await once(client, 'open');
    const total = 200;
    for (let at = 0; at < total; at += 1) client.send(Buffer.alloc(100 * 1024));
    client.close();
    let got = 0;
    for await (const { data } of await opened.promise) got += data.byteLength;
    expect(got).toBe(total * 100 * 1024);
    done.resolve();
  });
});
