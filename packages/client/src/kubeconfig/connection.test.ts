import { describe, expect, it } from '@jest/globals';
import { connectionOf, type ConnectionChoice } from './connection.ts';
import { parseKubeconfig } from './decode.ts';

function config(cluster: object, user: object, context: object = {}): ReturnType<typeof parseKubeconfig> {
  return parseKubeconfig(
    JSON.stringify({
      'current-context': 'x',
      clusters: [
        { name: 'c', cluster: { server: 'https://host:6443/clusters/root/', ...cluster } },
        { name: 'plain', cluster: { server: 'http://host' } },
      ],
      users: [
        { name: 'u', user },
        { name: 'other', user: { token: 'other' } },
      ],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
    }),
    'f',
  );
}

describe('the connection of a context', () => {
  it('is where and who the context says', () => {
    expect(connectionOf(config({ 'certificate-authority-data': 'Q0E=' }, { token: 't' }, { namespace: 'n' }))).toEqual({
      server: 'https://host:6443/clusters/root',
      authority: { kind: 'data', pem: 'CA' },
      tlsServerName: undefined,
      insecureSkipTlsVerify: false,
      proxyUrl: undefined,
      compression: true,
      certificate: undefined,
      credential: { kind: 'token', token: 't' },
      impersonate: undefined,
      namespace: 'n',
    });
  });

  it('takes entries that are chosen before those of the context', () => {
    const given = config({}, { token: 't' });
    const choice: ConnectionChoice = { user: 'other', namespace: 'mine' };
    expect(connectionOf(given, choice)).toMatchObject({
      credential: { kind: 'token', token: 'other' },
      namespace: 'mine',
    });
    expect(connectionOf(given)).toMatchObject({ namespace: 'default' });
  });

  it('works without a context where a cluster is chosen', () => {
    const given = { ...config({}, {}), currentContext: undefined };
    expect(connectionOf(given, { cluster: 'c', user: 'other' })).toMatchObject({ credential: { token: 'other' } });
  });

  it('sends no credentials over http', () => {
    expect(connectionOf(config({}, { token: 't' }), { cluster: 'plain' }).credential).toBeUndefined();
  });

  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Never' };
  const pair = { 'client-certificate-data': 'Q0E=', 'client-key-data': 'Q0E=' };
  it.each([
    ['a token before a program', { token: 't', exec }, 'token'],
    ['a token’s file before a token', { token: 't', tokenFile: 'g' }, 'token-file'],
    ['a name and a password', { username: 'n', password: 'p' }, 'basic'],
    ['a certificate before a program', { ...pair, exec }, 'none'],
    ['a program', { exec }, 'exec'],
    ['nothing', {}, 'none'],
  ])('takes %s', (_what, user, kind) => {
    expect(connectionOf(config({}, user)).credential).toMatchObject({ kind });
  });

  it.each<readonly [string, object, object, object, string]>([
    ['a server that is missing', { server: '' }, {}, {}, 'f: context "x": clusters["c"].cluster.server: is missing'],
    ['a server that is no URL', { server: 'host:80' }, {}, {}, 'cluster.server: must be a URL that begins with'],
    ['a server with credentials', { server: 'https://a:b@h' }, {}, {}, 'cluster.server: must not hold credentials'],
    [
      'an authority that is not used',
      { 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'Q0E=' },
      {},
      {},
      'cluster.insecure-skip-tls-verify: cannot be true where there is a certificate authority',
    ],
    ['a proxy of another kind', { 'proxy-url': 'ftp://p' }, {}, {}, 'cluster.proxy-url: must be an http or https URL'],
    ['a certificate without a key', {}, { 'client-certificate-data': 'Q0E=' }, {}, 'user.client-key: is missing'],
    ['a key without a certificate', {}, { 'client-key-data': 'Q0E=' }, {}, 'user.client-certificate: is missing'],
    ['a token and a user name', {}, { token: 't', username: 'n' }, {}, 'user.username: more than one way'],
    ['an auth-provider', {}, { 'auth-provider': { name: 'gcp' } }, {}, 'auth-provider "gcp" is not supported'],
    ['a cluster that is not there', {}, {}, { cluster: 'z' }, 'f: context "x": there is no cluster "z"'],
    ['a user that is not there', {}, {}, { user: 'z' }, 'f: context "x": there is no user "z"'],
  ])('refuses %s', (_what, cluster, user, context, message) => {
    expect(() => connectionOf(config(cluster, user, context))).toThrow(message);
  });

  it('refuses a context that is not there', () => {
    const given = config({}, {});
    expect(() => connectionOf(given, { context: 'z' })).toThrow('context "z": there is no context "z"');
    expect(() => connectionOf({ ...given, currentContext: undefined })).toThrow('no context is chosen');
    expect(() => connectionOf(given, { context: '__proto__' })).toThrow('there is no context');
  });
});
