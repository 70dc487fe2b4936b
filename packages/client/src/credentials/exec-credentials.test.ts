import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecConfig } from '../kubeconfig/kubeconfig.ts';
import { clientPair, startScripted, type Script } from '../testing/scripted-server.ts';
import { networkTransport } from '../transport/network-transport.ts';
import { execCredentials, type ExecOptions } from './exec-credentials.ts';

const plugin = join(import.meta.dirname, 'fixtures', 'plugin.mjs');
const environment = { PATH: process.env['PATH'] };

let folder: string;
let count: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-'));
  count = join(folder, 'count');
});
afterEach(() => rm(folder, { recursive: true }));

function config(what: string, more: Partial<ExecConfig> = {}): ExecConfig {
  return {
    command: process.execPath,
    args: [plugin, what, count],
    environment: new Map([['MINE', 'mine']]),
    apiVersion: 'client.authentication.k8s.io/v1',
    installHint: undefined,
    provideClusterInfo: false,
    interactiveMode: 'Never',
    ...more,
  };
}

function source(exec: ExecConfig, more: Partial<ExecOptions> = {}) {
  const cluster = () => Promise.resolve({ server: 'https://s', config: { audience: 'a' } });
  return execCredentials({ exec, host: { environment }, cluster, ...more });
}

const runs = async (): Promise<number> => (await readFile(count, 'utf8')).length;

describe('a credential plugin', () => {
  it('is run once for all who ask at once, and not again while what it gave holds', async () => {
    const credentials = source(config('token'));
    const given = await Promise.all([credentials.current(), credentials.current()]);
    expect(given.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-1']);
    await credentials.current();
    expect(await runs()).toBe(1);
  });

  it('is run again when what it gave expires', async () => {
    let now = Date.parse('2029-12-31T00:00:00Z');
    const credentials = source(config('expiring'), { now: () => now });
    expect(await credentials.current()).toEqual({ authorization: 'Bearer token-1' });
    now = Date.parse('2030-01-01T00:00:00Z');
    expect(await credentials.current()).toEqual({ authorization: 'Bearer token-2' });
  });

  it('is run again when the server refuses what it gave, once for all who were refused', async () => {
    const credentials = source(config('token'));
    const old = await credentials.current();
    expect(await Promise.all([credentials.refused(old), credentials.refused(old)])).toEqual([true, true]);
    expect(await credentials.current()).toEqual({ authorization: 'Bearer token-2' });
    expect(await credentials.refused(old)).toBe(true);
    expect(await runs()).toBe(2);
  });

  it('is told of the cluster where it wants to be, and has the environment it is given', async () => {
    expect(await source(config('told', { provideClusterInfo: true })).current()).toEqual({
      authorization: 'Bearer https://s,a,false,mine',
    });
    expect(await source(config('told')).current()).toEqual({ authorization: 'Bearer ,,false,mine' });
  });

  it.each([
    ['fails', 'failed with exit code 3: no \ufffd[31msession'],
    ['floods', 'printed more than 1048576 bytes'],
    ['babbles', 'printed no ExecCredential'],
    ['otherVersion', 'is configured for client.authentication.k8s.io/v1, and answered with'],
    ['noStatus', 'printed no status'],
    ['empty', 'gave neither a token nor a certificate'],
    ['half', 'gave a certificate or a key, not both'],
    ['badTime', 'gave an expirationTimestamp that is no time'],
    ['badToken', 'the token is empty or holds characters that no header may'],
    ['number', 'gave a token that is no text'],
  ])('that %s is told of: %s', async (what, message) => {
    const asked = source(config(what)).current();
    await expect(asked).rejects.toMatchObject({ name: 'CredentialError', message: expect.stringContaining(message) });
  });

  it('that hangs is ended', async () => {
    const credentials = source(config('hangs'), { host: { environment, timeoutMs: 300 } });
    await expect(credentials.current()).rejects.toThrow('did not end within 300 ms');
  });

  it('that is not there is told of, with what its kubeconfig says about getting it', async () => {
    const exec = config('token', { command: 'no-such-plugin', installHint: 'get \u001b[1mit' });
    await expect(source(exec).current()).rejects.toThrow('exec: no-such-plugin was not found\n\nget \ufffd[1mit');
  });

  it('that needs a terminal is not run without one', async () => {
    await expect(source(config('token', { interactiveMode: 'Always' })).current()).rejects.toThrow('needs a terminal');
    expect(await source(config('told', { interactiveMode: 'IfAvailable' })).current()).toMatchObject({
      authorization: 'Bearer ,,false,mine',
    });
  });

  it('serves requests: a token that the server refuses is replaced, and the request sent again', async () => {
    const script: Script = ({ headers }, response) => {
      response.statusCode = headers.authorization === 'Bearer token-2' ? 200 : 401;
      response.end(String(headers.authorization));
    };
    await using server = await startScripted(script);
    const credential = { kind: 'exec', exec: config('token'), extension: undefined } as const;
    await using transport = networkTransport({ ...server.connection, credential }, { exec: { environment } });
    expect(await transport.send({ target: '/', method: 'POST' })).toMatchObject({ status: 200 });
    expect(server.count).toBe(2);
  });

  it('may give a certificate; where it is refused, the next one goes on a connection of its own', async () => {
    for (const at of [0, 1]) {
      const { cert, key } = clientPair(`robot-${at}`);
      await writeFile(join(folder, `${at}.crt`), cert);
      await writeFile(join(folder, `${at}.key`), key);
    }
    const seen: string[] = [];
    const script: Script = (request, response) => {
      const { socket = request.socket } = request.stream.session ?? {};
      seen.push(socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : 'nobody');
      response.statusCode = seen.at(-1) === 'robot-1' ? 200 : 401;
      response.end();
    };
    await using server = await startScripted(script, { clients: true });
    const credential = { kind: 'exec', exec: config('pair'), extension: undefined } as const;
    const host = { environment: { ...environment, PAIRS: folder } };
    await using transport = networkTransport({ ...server.connection, credential }, { exec: host });
    expect(await transport.send({ target: '/' })).toMatchObject({ status: 200 });
    expect(seen).toEqual(['robot-0', 'robot-1']);
    expect(server.sessions).toHaveLength(2);
  });

  it('is not run where its user did not allow programs', () => {
    const credential = { kind: 'exec', exec: config('token'), extension: undefined } as const;
    expect(() => networkTransport({ server: 'https://x', credential })).toThrow(
      'credential plugins are not allowed here',
    );
  });
});
