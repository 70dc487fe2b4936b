import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import { parseJwt } from './jwt.ts';
import { serviceAccountIssuer } from './service-account-issuer.ts';
import { generateSigningKeyPem, loadSigningKey } from './signing-key.ts';

const key = loadSigningKey(generateSigningKeyPem());
const issuer = serviceAccountIssuer({ key, issuer: 'https://i', clock: () => 1_000_500, uuid: () => 'id' });
const owner = { cluster: root, namespace: 'ns', account: { name: 'bot', uid: 'u' } };

describe('an issued token', () => {
  it('has times, audiences, an id and the account with its logical cluster', () => {
    const { token, id, expires } = issuer.bound({ ...owner, audiences: ['a'], expirationSeconds: 600 });
    expect([id, expires]).toEqual(['id', 1_600_000]);
    expect(parseJwt(token)?.payload).toEqual({
      aud: ['a'],
      exp: 1600,
      iat: 1000,
      iss: 'https://i',
      jti: 'id',
      'kubernetes.io': { clusterName: 'root', namespace: 'ns', serviceaccount: { name: 'bot', uid: 'u' } },
      nbf: 1000,
      sub: 'system:serviceaccount:ns:bot',
    });
  });
  it('says what it is bound to', () => {
    const secret = { name: 's', uid: 'su' };
    const { token } = issuer.bound({
      ...owner,
      audiences: ['a'],
      expirationSeconds: 600,
      secret,
      warnAfterSeconds: 60,
    });
    expect(parseJwt(token)?.payload['kubernetes.io']).toMatchObject({ secret, warnafter: 1060 });
  });
  it('in a Secret has no end', () => {
    expect(parseJwt(issuer.legacy(owner, 'secret'))?.payload).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/clusterName': 'root',
      'kubernetes.io/serviceaccount/namespace': 'ns',
      'kubernetes.io/serviceaccount/secret.name': 'secret',
      'kubernetes.io/serviceaccount/service-account.name': 'bot',
      'kubernetes.io/serviceaccount/service-account.uid': 'u',
      sub: 'system:serviceaccount:ns:bot',
    });
  });
});
