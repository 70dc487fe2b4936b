import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testCertificate } from '@kcp/http/testing';
import { clientPair, startScripted, type Script } from '../testing/scripted-server.ts';
import { networkTransport, type NetworkTransport } from './network-transport.ts';

const whoAmI: Script = (request, response) => {
  const { socket = request.socket } = request.stream.session ?? {};
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : 'nobody';
  response.end(String(name));
};

async function text(transport: NetworkTransport): Promise<string> {
  return (await (await transport.send({ target: '/' })).bytes()).toString();
}

const once1 = { retries: { tries: 1 } };

describe('the server’s certificate', () => {
  it('must be of the authority, and for the name', async () => {
    await using server = await startScripted((_request, response) => void response.end('x'));
    const other = testCertificate({ name: 'other', authority: true });
    const wrong = { ...server.connection, authority: { kind: 'data', pem: other.cert } } as const;
    await using stranger = networkTransport(wrong);
    await expect(text(stranger)).rejects.toMatchObject({ phase: 'untrusted' });
    await using renamed = networkTransport({ ...server.connection, tlsServerName: 'api.example' });
    await expect(text(renamed)).rejects.toMatchObject({
      phase: 'untrusted',
      message: expect.stringContaining('api.example'),
    });
    await using system = networkTransport({ server: server.connection.server });
    await expect(text(system)).rejects.toMatchObject({ phase: 'untrusted' });
    // No trust is no matter of trying again.
    expect(server.count).toBe(0);
  });

  it('is checked by an authority, not by all known ones where the file is empty', async () => {
    const empty = { server: 'https://127.0.0.1:1', authority: { kind: 'data', pem: '' } } as const;
    await using transport = networkTransport(empty);
    await expect(text(transport)).rejects.toMatchObject({ name: 'KubeconfigError', field: 'certificate-authority' });
  });

  it('is not looked at where that was asked for', async () => {
    await using server = await startScripted((_request, response) => void response.end('x'));
    await using trusting = networkTransport({ server: server.connection.server, insecureSkipTlsVerify: true });
    expect(await text(trusting)).toBe('x');
  });

  it('is not waited for longer than it is said', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).resume());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using transport = networkTransport({ server: url }, { limits: { connectMs: 20 }, ...once1 });
    await expect(text(transport)).rejects.toMatchObject({ phase: 'unsent', message: expect.stringContaining('20 ms') });
    server.close();
  });
});

describe('the client’s certificate', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is shown, and read again when its file changes', async () => {
    const write = async (name: string): Promise<void> => {
      const { cert, key } = clientPair(name);
      await writeFile(join(folder, 'cert'), cert);
      await writeFile(join(folder, 'key'), key);
    };
    await write('first');
    await using server = await startScripted(whoAmI, { clients: true });
    const file = (name: string) => ({ kind: 'file', path: join(folder, name) }) as const;
    let now = 0;
    await using transport = networkTransport(
      { ...server.connection, certificate: { certificate: file('cert'), key: file('key') } },
      { now: () => now, limits: { checkMs: 1000 } },
    );
    expect(await text(transport)).toBe('first');
    await write('second');
    expect(await text(transport)).toBe('first');
    expect(server.sessions).toHaveLength(1);
    now = 1000;
    expect(await text(transport)).toBe('second');
    expect(server.sessions).toHaveLength(2);
    // A file that is gone for a moment, as while it is replaced, takes nothing away.
    await rm(join(folder, 'cert'));
    now = 2000;
    expect(await text(transport)).toBe('second');
    expect(server.sessions).toHaveLength(2);
  });

  it('is missed where its file was never there', async () => {
    const path = join(folder, 'none');
    const pair = { certificate: { kind: 'file', path }, key: { kind: 'file', path } } as const;
    await using transport = networkTransport({ server: 'https://127.0.0.1:1', certificate: pair }, once1);
    await expect(text(transport)).rejects.toMatchObject({ name: 'KubeconfigError', file: path });
  });

  it('is refused where it is no certificate', async () => {
    const data = { kind: 'data', pem: 'nonsense' } as const;
    await using server = await startScripted(whoAmI, { clients: true });
    const pair = { certificate: data, key: data };
    await using transport = networkTransport({ ...server.connection, certificate: pair }, once1);
    await expect(text(transport)).rejects.toMatchObject({ name: 'ConnectionError', phase: 'untrusted' });
  });
});
