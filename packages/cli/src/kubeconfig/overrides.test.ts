import { parseKubeconfig } from '@kcp/client';
import { describe, expect, it } from '@jest/globals';
import { formatContexts, noOverrides } from '../testing/fixture.ts';
import { chooseServer, type Overrides } from './overrides.ts';

const config = parseKubeconfig(formatContexts('https://kcp:443'), '/k/config');
const choose = (overrides: Partial<Overrides> = {}, from = config) =>
  chooseServer(from, { ...noOverrides, ...overrides });

describe('what the command line says instead of the kubeconfig', () => {
  it('may be nothing', () => {
    expect(choose()).toMatchObject({
      server: 'https://kcp:443/clusters/root',
      connection: { credential: { kind: 'token', token: 'mine' }, namespace: 'here' },
    });
  });

  it('names another context, cluster, user or namespace', () => {
    expect(choose({ context: 'base' })).toMatchObject({
      server: 'https://kcp:443',
      connection: { credential: { token: 'theirs' } },
    });
    expect(choose({ cluster: 'base' }).server).toBe('https://kcp:443');
    expect(choose({ user: 'other' }).connection.credential).toMatchObject({ token: 'theirs' });
    expect(choose({ namespace: 'there' }).connection.namespace).toBe('there');
  });

  it('names another server, which is told as it was written', () => {
    const { server, connection } = choose({ server: 'https://else:443/clusters/a' });
    expect([server, connection.server]).toEqual(['https://else:443/clusters/a', 'https://else/clusters/a']);
  });

  it('does without a kubeconfig where it says all that is needed', () => {
    const empty = parseKubeconfig('', '/k/none');
    const { server, connection } = choose({ server: 'https://kcp/clusters/a', token: 't' }, empty);
    expect(server).toBe('https://kcp/clusters/a');
    expect(connection.credential).toEqual({ kind: 'token', token: 't' });
    expect(() => choose({}, empty)).toThrow('there is no current context');
    expect(() => choose({ token: 't' }, empty)).toThrow('there is no current context');
  });

  it('puts one way to sign in in the place of another', () => {
    expect(choose({ username: 'ann', password: 'p' }).connection.credential).toEqual({
      kind: 'basic',
      username: 'ann',
      password: 'p',
    });
    expect(choose({ clientCertificate: '/c', clientKey: '/k' }).connection.certificate).toEqual({
      certificate: { kind: 'file', path: '/c' },
      key: { kind: 'file', path: '/k' },
    });
  });

  it('acts as somebody else', () => {
    const { impersonate } = choose({ as: 'ann', asUid: '7', asGroup: ['a', 'b'] }).connection;
    expect(impersonate).toEqual({ user: 'ann', uid: '7', groups: ['a', 'b'], extra: new Map() });
  });

  it('checks no certificate only where it is told so, whatever authority the kubeconfig has', () => {
    expect(choose({ certificateAuthority: '/ca' }).connection.authority).toEqual({ kind: 'file', path: '/ca' });
    const { authority, insecureSkipTlsVerify } = choose({
      certificateAuthority: '/ca',
      insecureSkipTlsVerify: true,
    }).connection;
    expect([authority, insecureSkipTlsVerify]).toEqual([undefined, true]);
  });

  it('says how the server is reached', () => {
    const { connection } = choose({ tlsServerName: 'kcp', proxyUrl: 'http://proxy', disableCompression: true });
    expect(connection).toMatchObject({ tlsServerName: 'kcp', proxyUrl: 'http://proxy', compression: false });
  });

  it('may name what is not there', () => {
    expect(() => choose({ context: 'gone' })).toThrow('there is no context "gone"');
    expect(() => choose({ cluster: 'gone' })).toThrow('there is no cluster "gone"');
    expect(() => choose({ user: 'gone' })).toThrow('there is no user "gone"');
  });
});
