import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { openDoor } from './test-door.ts';
import type { TestDoor } from './test-door.ts';

let requests = 0;
let test: TestDoor;
beforeAll(async () => {
  test = await openDoor(
    () => {
      requests += 1;
      return { status: 200, headers: {}, body: Buffer.from('fine') };
    },
    { limits: { headerMs: 150, keepAliveMs: 100, handshakeMs: 150, connections: 20, lingerMs: 100 } },
  );
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

async function stillServes(): Promise<void> {
  for (const call of [test.http1(), test.http2()]) {
    expect(String(await (await call({ target: '/' })).bytes())).toBe('fine');
  }
}

/** What comes back for `bytes`, until the door closes the connection. */
async function sent(bytes: string | Buffer, alpn?: string): Promise<string> {
  const client = await test.raw(alpn);
  client.socket.write(bytes);
  return client.received();
}

describe('what is not HTTP/1.1', () => {
  it.each([
    ['noise', Buffer.from([...Array(2000).keys()].map((i) => (i * 7919) % 256))],
    ['a request line without a version', 'GET /\r\n\r\n'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an odd encoding', 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: banana\r\n\r\n'],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nhost : x\r\n\r\n'],
    ['a zero byte', 'GET / HTTP/1.1\r\nhost: x\0y\r\n\r\n'],
    ['a blank in the target', 'GET /a b HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('%s is refused, and the connection closes', async (_name, bytes) => {
    const before = requests;
    expect(await sent(bytes)).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(requests).toBe(before);
    await stillServes();
  });

  it('headers that are too large are refused', async () => {
    expect(await sent(`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(70_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
  });

  it('a bad chunk ends the connection', async () => {
    const text = await sent('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nnot a size\r\n');
    expect(text).toMatch(/^HTTP\/1.1 (200|400) /);
    await stillServes();
  });

  it('CONNECT ends the connection', async () => {
    expect(await sent('CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
  });

  it('a handshake without its headers is refused in HTTP', async () => {
    const text = await sent('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ kind: 'Status', code: 426 });
  });
});

describe('what is not HTTP/2', () => {
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

  it.each([
    ['noise instead of the preface', Buffer.from('x'.repeat(100))],
    [
      'a frame larger than allowed',
      Buffer.concat([Buffer.from(preface), Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])]),
    ],
    [
      'headers on stream 0',
      Buffer.concat([Buffer.from(preface), settings, Buffer.from([0, 0, 1, 1, 4, 0, 0, 0, 0, 0x82])]),
    ],
    ['a flood of settings', Buffer.concat([Buffer.from(preface), ...Array.from({ length: 20_000 }, () => settings)])],
  ])('%s ends the connection', async (_name, bytes) => {
    await sent(bytes, 'h2');
    await stillServes();
  });

  it('headers that are too large end their stream only', async () => {
    const session = test.session();
    // The limit holds once the client has acknowledged it; until then it is nghttp2's own, 128 KiB.
    await once(session, 'remoteSettings');
    await once(session.request({ ':path': '/' }).resume(), 'close');
    const stream = session.request({ ':path': '/', 'x-large': 'x'.repeat(60_000), 'x-more': 'x'.repeat(10_000) });
    const [error] = await once(stream, 'error');
    expect(String(error)).toContain('NGHTTP2_');
    const next = session.request({ ':path': '/' });
    const [head] = await once(next, 'response');
    expect(head[':status']).toBe(200);
  });

  it('streams opened and reset at once end the connection before long', async () => {
    const frames: Buffer[] = [Buffer.from(preface), settings];
    for (let id = 1; id < 10_000; id += 2) {
      // GET https / by the static table, then the reset with CANCEL.
      frames.push(frame(1, 5, id, Buffer.from([0x82, 0x87, 0x84])), frame(3, 0, id, Buffer.from([0, 0, 0, 8])));
    }
    await sent(Buffer.concat(frames), 'h2');
    await stillServes();
  });
});

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, 0]);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

describe('what takes too long', () => {
  it('headers that trickle', async () => {
    const client = await test.raw();
    client.socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
    const drops = setInterval(() => client.socket.write('x-a: b\r\n'), 20);
    expect(await client.received()).toMatch(/^HTTP\/1.1 408 /);
    clearInterval(drops);
  });

  it.each(['http/1.1', 'h2'])('a connection over %s without a request', async (alpn) => {
    const client = await test.raw(alpn);
    await client.received();
  });

  it('a session that only pings', async () => {
    const session = test.session();
    await once(session, 'connect');
    const pings = setInterval(() => session.destroyed || session.ping(() => {}), 20);
    await once(session, 'close');
    clearInterval(pings);
  });

  it('a connection that is kept after its request', async () => {
    const client = await test.raw();
    client.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await client.received()).toMatch(/^HTTP\/1.1 200 OK[^]*fine$/);
    const session = test.session();
    session.request({ ':path': '/' }).resume();
    await once(session, 'close');
  });

  it('a handshake that never comes', async () => {
    const socket = connectTcp(test.door.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
  });
});

describe('connections', () => {
  it('of plain text are closed', async () => {
    const socket = connectTcp(test.door.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await stillServes();
  });

  it('beyond the limit are closed as they come', async () => {
    const sockets = Array.from({ length: 40 }, () => connectTcp(test.door.port, '127.0.0.1').on('error', () => {}));
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    await stillServes();
  });

  it('that pipeline without end are cut off', async () => {
    await using slow = await openDoor(() => new Promise(() => {}));
    const client = await slow.raw();
    client.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(5000));
    await client.received();
  });
});
