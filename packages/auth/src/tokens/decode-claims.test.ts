import { describe, expect, it } from '@jest/globals';
import { decodeBoundClaims, decodeClaims, decodeLegacyClaims } from './decode-claims.ts';

describe('registered claims', () => {
  it('are read, absent ones as empty', () => {
    expect(decodeClaims({ iss: 'i', sub: 's', aud: ['a'], exp: 2.5, nbf: 1, jti: 'j' })).toEqual({
      issuer: 'i',
      subject: 's',
      audiences: ['a'],
      expires: 2.5,
      notBefore: 1,
      id: 'j',
    });
    expect(decodeClaims({ aud: 'one' })).toMatchObject({ issuer: '', audiences: ['one'], expires: undefined });
  });
  it.each([
    { iss: 1 },
    { sub: {} },
    { aud: 5 },
    { aud: [5] },
    { exp: '2030' },
    { exp: null },
    { nbf: true },
    { jti: [] },
  ])('of a wrong type make no token: %j', (payload) => {
    expect(decodeClaims(payload)).toBeUndefined();
  });
});

describe('claims of bound tokens', () => {
  const claims = { clusterName: 'root', namespace: 'ns', serviceaccount: { name: 'n', uid: 'u' } };

  it('name the account, its cluster and what the token is bound to', () => {
    const secret = { name: 's', uid: 'su' };
    expect(decodeBoundClaims({ 'kubernetes.io': { ...claims, secret, warnafter: 7 } })).toEqual({
      cluster: 'root',
      namespace: 'ns',
      account: { name: 'n', uid: 'u' },
      secret,
      pod: undefined,
      node: undefined,
      warnAfter: 7,
    });
  });
  it.each([
    {},
    { 'kubernetes.io': [] },
    { 'kubernetes.io': { ...claims, clusterName: 'a:b' } },
    { 'kubernetes.io': { ...claims, clusterName: '*' } },
    { 'kubernetes.io': { ...claims, namespace: '' } },
    { 'kubernetes.io': { ...claims, serviceaccount: { uid: 'u' } } },
    { 'kubernetes.io': { ...claims, pod: { name: 5 } } },
    { 'kubernetes.io': { ...claims, node: null } },
    { 'kubernetes.io': { ...claims, warnafter: 'x' } },
    { __proto__: { 'kubernetes.io': claims } },
  ])('are whole or nothing: %j', (payload) => {
    expect(decodeBoundClaims(payload)).toBeUndefined();
  });
});

describe('claims of tokens in Secrets', () => {
  const prefix = 'kubernetes.io/serviceaccount/';
  const claims = {
    [`${prefix}clusterName`]: 'root',
    [`${prefix}namespace`]: 'ns',
    [`${prefix}service-account.name`]: 'n',
    [`${prefix}service-account.uid`]: 'u',
    [`${prefix}secret.name`]: 's',
  };

  it('name the account and the Secret', () => {
    expect(decodeLegacyClaims(claims)).toMatchObject({
      cluster: 'root',
      namespace: 'ns',
      account: { name: 'n', uid: 'u' },
      secret: { name: 's' },
    });
  });
  it.each(Object.keys(claims))('need %s', (key) => {
    expect(decodeLegacyClaims({ ...claims, [key]: '' })).toBeUndefined();
    expect(decodeLegacyClaims({ ...claims, [key]: 5 })).toBeUndefined();
  });
});
