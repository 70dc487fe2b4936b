import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { signJwt } from './jwt.ts';
import { jsonWebKeySet, openIdConfiguration } from './openid.ts';
import { generateSigningKeyPem, loadSigningKey } from './signing-key.ts';

const keys = [loadSigningKey(generateSigningKeyPem()), loadSigningKey(generateSigningKeyPem())];

describe('what others need to check tokens', () => {
  it('is a discovery document', () => {
    expect(openIdConfiguration({ issuer: 'https://i', jwksUri: 'https://i/openid/v1/jwks', keys })).toEqual({
      issuer: 'https://i',
      jwks_uri: 'https://i/openid/v1/jwks',
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
  });
  it('is a key set without private parts, with which tokens can be checked', async () => {
    const set = jsonWebKeySet(keys);
    expect(JSON.stringify(set)).not.toContain('"d":');
    const web = JSON.parse(JSON.stringify(set));
    const second = keys[1];
    const token = second ? signJwt({ iss: 'https://i' }, second) : '';
    expect((await jwtVerify(token, createLocalJWKSet(web))).payload).toEqual({ iss: 'https://i' });
  });
});
