import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { startDoor, type Door, type DoorOptions } from './door.ts';
import type { Peer } from './exchange.ts';
import { testCertificate } from './test-certificates.ts';

const first = testCertificate({ name: 'first', address: [127, 0, 0, 1] });
const second = testCertificate({ name: 'second', address: [127, 0, 0, 1] });
const oldCa = { name: 'old clients', ...testCertificate({ name: 'old clients', authority: true }) };
const newCa = { name: 'new clients', ...testCertificate({ name: 'new clients', authority: true }) };
const alice = testCertificate({ name: 'alice' }, oldCa);

let peer: Peer | undefined;
const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

function open(tls: Partial<DoorOptions['tls']> = {}): Promise<Door> {
  return startDoor({
    host: '127.0.0.1',
    port: 0,
    tls: { ...first, ...tls },
    handler: (request) => {
      peer = request.peer;
      return { status: 200, headers: {} };
    },
    logger: silentLogger,
    meter: silentMeter,
  });
}

async function greet(door: Door, servername?: string): Promise<TLSSocket> {
  const socket = connectTls({ port: door.port, rejectUnauthorized: false, ...(servername && { servername }) });
  cleanups.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** Whom a client that asks for a name meets. */
async function met(door: Door, servername?: string): Promise<string | undefined> {
  return (await greet(door, servername)).getPeerX509Certificate()?.subject;
}

function session(door: Door): ClientHttp2Session {
  const made = connectHttp2(door.url, { rejectUnauthorized: false, ...alice });
  cleanups.push(() => made.destroy());
  return made.on('error', () => undefined);
}

async function ask(client: ClientHttp2Session): Promise<Peer | undefined> {
  peer = undefined;
  await once(client.request({ ':path': '/' }).resume(), 'close');
  return peer;
}

describe('a door that is given another pair', () => {
  it('shows it to who connects from then on; open connections go on', async () => {
    await using door = await open();
    const client = session(door);
    await ask(client);
    door.renew(second);
    expect(await met(door)).toBe('CN=second');
    expect(await ask(client)).toBeDefined();
    expect(client.closed).toBe(false);
  });

  it('keeps the old one where the new one is no good', async () => {
    await using door = await open();
    expect(() => door.renew({ ...second, key: 'no key' })).toThrow();
    expect(() => door.renew({ ...second, key: first.key })).toThrow();
    expect(() => door.renew({ ...second, named: [{ ...second, cert: 'none', names: ['x'] }] })).toThrow();
    expect(await met(door)).toBe('CN=first');
  });
});

describe('pairs by name', () => {
  const named = [
    { ...second, names: ['a.example.com', '*.b.example.com'] },
    { ...testCertificate({ name: 'third' }), names: ['a.example.com', 'x.b.example.com'] },
  ];

  it.each([
    ['a.example.com', 'CN=second'],
    ['A.Example.com', 'CN=second'],
    ['any.b.example.com', 'CN=second'],
    ['x.b.example.com', 'CN=third'],
    ['b.example.com', 'CN=first'],
    ['x.y.b.example.com', 'CN=first'],
    [undefined, 'CN=first'],
  ])('%s meets %s', async (name, subject) => {
    await using door = await open({ named });
    expect(await met(door, name)).toBe(subject);
  });

  it('are renewed like the others', async () => {
    await using door = await open({ named });
    door.renew({ ...first, named: [{ ...first, names: ['c.example.com'] }] });
    expect([await met(door, 'a.example.com'), await met(door, 'c.example.com')]).toEqual(['CN=first', 'CN=first']);
  });

  it('check client certificates too', async () => {
    await using door = await open({ named, clientCa: oldCa.cert });
    const client = connectHttp2(door.url, { rejectUnauthorized: false, servername: 'a.example.com', ...alice });
    cleanups.push(() => client.destroy());
    expect((await ask(client))?.certificate).toBeDefined();
  });
});

describe('authorities of clients', () => {
  it('that come are trusted by new connections; open ones go on', async () => {
    await using door = await open({ clientCa: newCa.cert });
    const client = session(door);
    expect((await ask(client))?.certificateError).toBeDefined();
    door.renew({ ...first, clientCa: `${newCa.cert}${oldCa.cert}` });
    expect((await ask(client))?.certificate).toBeUndefined();
    expect((await ask(session(door)))?.certificate).toBeDefined();
  });

  it('that go end the connections of clients with certificates, and count for nothing afterwards', async () => {
    await using door = await open({ clientCa: `${newCa.cert}${oldCa.cert}` });
    const [client, plain] = [session(door), await greet(door)];
    expect((await ask(client))?.certificate).toBeDefined();
    const closed = once(client, 'close');
    door.renew({ ...first, clientCa: newCa.cert });
    await closed;
    expect(await ask(session(door))).toMatchObject({
      certificate: undefined,
      certificateError: expect.stringContaining('UNABLE_TO'),
    });
    expect(plain.destroyed).toBe(false);
  });

  it('that go are not brought back by a session that is resumed', async () => {
    await using door = await open({ clientCa: oldCa.cert });
    const options = { port: door.port, rejectUnauthorized: false, ...alice };
    const request = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    const one = connectTls(options);
    cleanups.push(() => one.destroy());
    const remembered = once(one, 'session');
    one.resume().write(request);
    const [ticket] = await remembered;
    door.renew({ ...first, clientCa: newCa.cert });
    const two = connectTls({ ...options, session: ticket });
    cleanups.push(() => two.destroy());
    await once(two, 'secureConnect');
    peer = undefined;
    two.resume().write(request);
    await once(two, 'close');
    expect(peer).toMatchObject({ certificate: undefined });
  });
});
