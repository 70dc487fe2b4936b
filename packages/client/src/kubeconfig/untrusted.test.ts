import { describe, expect, it } from '@jest/globals';
import { KubeconfigError } from './kubeconfig-error.ts';
import { parseUntrustedKubeconfig } from './untrusted.ts';

const text = (cluster: object, user: object, context: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': 'x',
    clusters: [{ name: 'c', cluster: { server: 'https://host', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
  });

describe('a kubeconfig that comes from an object', () => {
  it('may hold a server, its authority, a token, a certificate and a key', () => {
    const user = { token: 't', 'client-certificate-data': 'Q0E=', 'client-key-data': 'Q0E=' };
    const cluster = { 'certificate-authority-data': 'Q0E=', 'insecure-skip-tls-verify': false, 'proxy-url': null };
    const config = parseUntrustedKubeconfig(text(cluster, user, { namespace: 'n' }));
    expect(config.users.get('u')).toMatchObject({ token: 't', certificate: { kind: 'data', pem: 'CA' } });
    expect(config.clusters.get('c')).toMatchObject({ authority: { kind: 'data', pem: 'CA' } });
  });

  const place = 'is not allowed in a kubeconfig that comes from an object: it';
  it.each<readonly [string, object, object, string]>([
    ['a program', {}, { exec: {} }, `users["u"].user.exec: ${place} runs a program`],
    ['an auth-provider', {}, { 'auth-provider': {} }, `users["u"].user.auth-provider: ${place} runs code of its own`],
    [
      'a proxy',
      { 'proxy-url': 'http://p' },
      {},
      `clusters["c"].cluster.proxy-url: ${place} sends the requests elsewhere`,
    ],
    ['an authority’s file', { 'certificate-authority': '/f' }, {}, `certificate-authority: ${place} names a file`],
    ['a certificate’s file', {}, { 'client-certificate': '/f' }, `client-certificate: ${place} names a file`],
    ['a key’s file', {}, { 'client-key': '/f' }, `client-key: ${place} names a file`],
    ['a token’s file', {}, { tokenFile: '/f' }, `tokenFile: ${place} names a file`],
    ['no verification', { 'insecure-skip-tls-verify': true }, {}, `tls-verify: ${place} skips verification`],
    ['what nobody knows', {}, { 'new-plugin': 'x' }, `new-plugin: ${place} is not a field that is known`],
    ['a name that looks inherited', {}, { constructor: 'x' }, `constructor: ${place} is not a field`],
  ])('may not hold %s', (_what, cluster, user, message) => {
    const read = (): unknown => parseUntrustedKubeconfig(text(cluster, user));
    expect(read).toThrow(KubeconfigError);
    expect(read).toThrow(message);
  });

  it('is looked at everywhere, also where no context uses the entry', () => {
    const two = JSON.stringify({
      users: [
        { name: 'a', user: {} },
        { name: 'b', user: { tokenFile: '/x' } },
      ],
    });
    expect(() => parseUntrustedKubeconfig(two)).toThrow('users["b"].user.tokenFile');
    expect(() => parseUntrustedKubeconfig('users: [{name: a, user: {}, exec: {}}]')).toThrow('users["a"].exec');
    expect(() => parseUntrustedKubeconfig('include: other')).toThrow('include: is not allowed');
  });
});
