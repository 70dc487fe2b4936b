import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startScripted, type Script } from '../testing/scripted-server.ts';
import { networkTransport } from '../transport/network-transport.ts';
import { impersonationHeaders } from './impersonation-headers.ts';
import { tokenFileCredentials } from './token-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-'));
  path = join(folder, 'token');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a token in a file', () => {
  it('is read again after a while, and stays in use while its file cannot be read', async () => {
    await writeFile(path, 'one\n');
    let now = 0;
    const credentials = tokenFileCredentials({ path, now: () => now });
    expect(await credentials.current()).toEqual({ authorization: 'Bearer one' });
    await writeFile(path, 'two');
    expect(await credentials.current()).toEqual({ authorization: 'Bearer one' });
    now = 10_000;
    expect(await credentials.current()).toEqual({ authorization: 'Bearer two' });
    await rm(path);
    now = 20_000;
    expect(await credentials.current()).toEqual({ authorization: 'Bearer two' });
  });

  it('is missed where it never was one', async () => {
    await expect(tokenFileCredentials({ path }).current()).rejects.toThrow(`the token file ${path} gives no token`);
    await writeFile(path, 'two\nlines');
    await expect(tokenFileCredentials({ path }).current()).rejects.toMatchObject({ name: 'CredentialError' });
    expect(await tokenFileCredentials({ path, token: 'given' }).current()).toEqual({ authorization: 'Bearer given' });
  });

  it('is read at once when the server refuses the old one', async () => {
    const script: Script = ({ headers }, response) => {
      response.statusCode = headers.authorization === 'Bearer new' ? 200 : 401;
      response.end();
    };
    await using server = await startScripted(script);
    const credential = { kind: 'token-file', path, token: undefined } as const;
    await writeFile(path, 'old');
    await using transport = networkTransport({ ...server.connection, credential });
    expect(await transport.send({ target: '/' })).toMatchObject({ status: 401 });
    expect(server.count).toBe(1);
    await writeFile(path, 'new');
    expect(await transport.send({ target: '/' })).toMatchObject({ status: 200 });
    expect(server.count).toBe(3);
  });
});

describe('impersonation', () => {
  it('is in headers, whatever the names hold', async () => {
    const extra = new Map([['acme.com/Größe', ['x', 'y']]]);
    const headers = impersonationHeaders({ user: 'jürgen', uid: '7', groups: ['a', 'b'], extra });
    expect(Object.keys(headers)).toEqual([
      'impersonate-user',
      'impersonate-uid',
      'impersonate-group',
      'impersonate-extra-acme.com%2fgr%c3%b6%c3%9fe',
    ]);
    const seen: Record<string, unknown>[] = [];
    for (const http1 of [false, true]) {
      await using server = await startScripted(
        (request, response) => {
          seen.push(request.headers);
          response.end();
        },
        { http1 },
      );
      const impersonate = { user: 'jürgen', uid: undefined, groups: ['a', 'b'], extra };
      await using transport = networkTransport({ ...server.connection, impersonate });
      await (await transport.send({ target: '/' })).bytes();
    }
    for (const { 'impersonate-user': user, 'impersonate-group': groups } of seen) {
      expect(Buffer.from(String(user), 'latin1').toString('utf8')).toBe('jürgen');
      expect(groups).toBe('a, b');
    }
    expect(seen).toHaveLength(2);
  });
});
