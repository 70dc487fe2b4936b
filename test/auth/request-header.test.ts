import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyPair } from '@kcp/auth';
import { startTestServer, type TestServer } from '@kcp/testing';
import { authority, clientOf, grant, makeFolder, reviewToken, whoAmI, wireTo } from './fixture.ts';

const parts = new AsyncDisposableStack();
let server: TestServer;
let proxies: KeyPair;
let users: KeyPair;
let proxy: KeyPair;

beforeAll(async () => {
  const folder = parts.use(await makeFolder());
  [proxies, users] = await Promise.all([authority('proxies'), authority('users')]);
  proxy = await clientOf(proxies, 'front-proxy');
  server = parts.use(
    await startTestServer({
      clientCaFile: await folder.write('users.pem', users.certificate),
      requestHeader: {
        clientCaFile: await folder.write('proxies.pem', proxies.certificate),
        allowedNames: ['front-proxy'],
        usernameHeaders: ['X-Remote-User'],
        uidHeaders: ['X-Remote-Uid'],
        groupHeaders: ['X-Remote-Group'],
        extraHeaderPrefixes: ['X-Remote-Extra-'],
      },
    }),
  );
  await grant(server, 'root', { kind: 'Group', name: 'system:authenticated' });
});
afterAll(() => parts.disposeAsync());

const stated = {
  'x-remote-user': 'jane',
  'x-remote-uid': '7',
  'x-remote-group': 'devs',
  'x-remote-extra-example.com%2ftenant': 't1',
};

describe('a front proxy', () => {
  it('says who its requests are from', async () => {
    expect(await whoAmI(wireTo(server, { clientCertificate: proxy }), stated)).toEqual({
      username: 'jane',
      uid: '7',
      groups: ['devs', 'system:authenticated'],
      extra: { 'example.com/tenant': ['t1'] },
    });
  });
  it('may say something else with each request of a connection', async () => {
    const wire = wireTo(server, { clientCertificate: proxy });
    for (const name of ['jane', 'joe'])
      expect(await whoAmI(wire, { 'x-remote-user': name })).toMatchObject({ username: name });
  });
  it('that says nothing is nobody: its certificate is not a user’s', async () => {
    const wire = wireTo(server, { clientCertificate: proxy });
    expect(await whoAmI(wire)).toBe(401);
    expect(await whoAmI(wire, { 'x-remote-user': '', 'x-remote-group': 'system:masters' })).toBe(401);
  });
  it('must bear an allowed name, and come from the proxies’ authority', async () => {
    expect(await whoAmI(wireTo(server, { clientCertificate: await clientOf(proxies, 'other') }), stated)).toBe(401);
    const stranger = await clientOf(await authority('proxies'), 'front-proxy');
    expect(await whoAmI(wireTo(server, { clientCertificate: stranger }), stated)).toBe(401);
  });
});

describe('headers of somebody who is no proxy', () => {
  it('mean nothing beside a token', async () => {
    const masters = { 'x-remote-user': 'root', 'x-remote-group': 'system:masters' };
    const wire = wireTo(server, { token: 'user-1-token' });
    expect(await whoAmI(wire, masters)).toMatchObject({ username: 'user-1' });
    expect(await whoAmI(wireTo(server), masters)).toBe(403);
  });
  it('mean nothing beside a user’s certificate, be it for an allowed name', async () => {
    const jane = await clientOf(users, 'jane', ['devs']);
    expect(await whoAmI(wireTo(server, { clientCertificate: jane }), { 'x-remote-user': 'root' })).toMatchObject({
      username: 'jane',
      groups: ['devs', 'system:authenticated'],
    });
    const namesake = await clientOf(users, 'front-proxy');
    expect(await whoAmI(wireTo(server, { clientCertificate: namesake }), { 'x-remote-user': 'root' })).toMatchObject({
      username: 'front-proxy',
    });
  });
  it('do not make a token review another answer', async () => {
    expect(await reviewToken(server, 'user-1-token')).toMatchObject({ user: { username: 'user-1' } });
  });
});

describe('somebody whom a proxy names', () => {
  it('may impersonate only if allowed', async () => {
    const wire = wireTo(server, { clientCertificate: proxy });
    const asked = { 'x-remote-user': 'joe', 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' };
    const { status } = await wire.request('/api/v1/namespaces', { headers: asked });
    expect(status).toBe(403);
  });
});
