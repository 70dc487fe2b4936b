import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import type { SecureVersion } from 'node:tls';
import { startDoor } from './door.ts';
import type { Door, DoorOptions } from './door.ts';
import type { Handler, Peer } from './exchange.ts';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { testCertificate } from './test-certificates.ts';
import type { TestPair } from './test-certificates.ts';

const ca = named('clients');
const serving = testCertificate({ name: 'door', address: [127, 0, 0, 1] });

function named(name: string) {
  return { name, ...testCertificate({ name, authority: true }) };
}

let peer: Peer | undefined;
const handler: Handler = (request) => {
  peer = request.peer;
  return { status: 200, headers: {} };
};

function open(tls: Partial<DoorOptions['tls']> = {}): Promise<Door> {
  const keys = { key: serving.key, cert: serving.cert, ...tls };
  return startDoor({ host: '127.0.0.1', port: 0, tls: keys, handler, logger: silentLogger, meter: silentMeter });
}

async function visit(door: Door, pair?: TestPair): Promise<Peer | undefined> {
  peer = undefined;
  const session = connectHttp2(door.url, {
    rejectUnauthorized: false,
    ...(pair && { key: pair.key, cert: pair.cert }),
  });
  await once(session.request({ ':path': '/' }).resume(), 'close');
  session.destroy();
  return peer;
}

describe('a client certificate', () => {
  it('that chains to the CA is the peer’s', async () => {
    await using door = await open({ clientCa: ca.cert });
    const seen = await visit(door, testCertificate({ name: 'alice' }, ca));
    expect(Buffer.from(seen?.certificate ?? []).toString('latin1')).toContain('alice');
    expect(seen?.certificateError).toBeUndefined();
  });

  it.each([
    ['of another authority', testCertificate({ name: 'mallory' }, named('strangers'))],
    ['of an authority with the same name', testCertificate({ name: 'mallory' }, named('clients'))],
    ['that signed itself', testCertificate({ name: 'mallory' })],
    ['that expired', testCertificate({ name: 'late', expires: -1 }, ca)],
    ['for servers', testCertificate({ name: 'server', purpose: 'server' }, ca)],
  ])('%s counts for nothing, but the connection goes on', async (_name, pair) => {
    await using door = await open({ clientCa: ca.cert });
    const seen = await visit(door, pair);
    expect(seen?.certificate).toBeUndefined();
    expect(seen?.certificateError).toMatch(/^[A-Z_]+$/);
  });

  it('is not needed', async () => {
    await using door = await open({ clientCa: ca.cert });
    expect(await visit(door)).toMatchObject({ certificate: undefined, certificateError: undefined });
  });

  it('is not asked for without a CA', async () => {
    await using door = await open();
    expect(await visit(door, testCertificate({ name: 'alice' }, ca))).toMatchObject({ certificate: undefined });
  });

  it('is seen again when its session is resumed', async () => {
    await using door = await open({ clientCa: ca.cert });
    const pair = testCertificate({ name: 'alice' }, ca);
    const options = { port: door.port, rejectUnauthorized: false, key: pair.key, cert: pair.cert };
    const ask = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    const first = connectTls(options);
    const remembered = once(first, 'session');
    first.resume().end(ask);
    const [session] = await remembered;
    first.destroy();
    peer = undefined;
    const second = connectTls({ ...options, session });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(true);
    second.resume().write(ask);
    await once(second, 'close');
    expect(peer).toHaveProperty('certificate.byteLength');
  });
});

describe('TLS', () => {
  it.each<[SecureVersion, boolean]>([
    ['TLSv1.1', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ])('%s: %s', async (version, accepted) => {
    await using door = await open();
    const socket = connectTls({
      port: door.port,
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const outcome = await Promise.race([once(socket, 'secureConnect').then(() => true), once(socket, 'close')]).catch(
      () => false,
    );
    expect(outcome).toBe(accepted);
    socket.destroy();
  });

  it('fails to start with keys that are none, and with a port in use', async () => {
    await expect(open({ key: 'nonsense' })).rejects.toThrow();
    await using door = await open();
    const options = { host: '127.0.0.1', port: door.port, tls: serving, handler };
    await expect(startDoor({ ...options, logger: silentLogger, meter: silentMeter })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
