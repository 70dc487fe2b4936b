import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createAuthority } from '../pki/lazy.ts';
import { generateSigningKeyPem, loadSigningKey, loadVerificationKeys } from './signing-key.ts';

const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey'], type: 'pkcs8' | 'sec1' | 'pkcs1') =>
  key.export({ type, format: 'pem' }).toString();

describe('signing keys', () => {
  it('are made as ECDSA P-256, each a new one', () => {
    const key = loadSigningKey(generateSigningKeyPem());
    expect(key.algorithm).toBe('ES256');
    expect(key.id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(loadSigningKey(generateSigningKeyPem()).id).not.toBe(key.id);
  });
  it('may be of other curves or RSA, in the usual PEM forms', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(loadSigningKey(pem(p384, 'sec1')).algorithm).toBe('ES384');
    expect(loadSigningKey(pem(rsa, 'pkcs1')).algorithm).toBe('RS256');
    expect(loadSigningKey(pem(rsa, 'pkcs8')).id).toBe(loadSigningKey(pem(rsa, 'pkcs1')).id);
  });
  it('of other kinds are refused by name', () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    expect(() => loadSigningKey(pem(other, 'pkcs8'))).toThrow('keys of type ed25519 are not supported');
    expect(() => loadSigningKey('no key')).toThrow();
  });
});

describe('verification keys', () => {
  it('come from a file with keys and certificates, in order', async () => {
    const first = generateSigningKeyPem();
    const second = loadSigningKey(generateSigningKeyPem());
    const { certificate } = await createAuthority({ commonName: 'ca', notBefore: 0, notAfter: 1000 });
    const file = `# keys\n${first}\n${second.publicKey.export({ type: 'spki', format: 'pem' }).toString()}${certificate}`;
    const keys = loadVerificationKeys(file);
    expect(keys.map(({ id }) => id).slice(0, 2)).toEqual([loadSigningKey(first).id, second.id]);
    expect(keys.map(({ publicKey }) => publicKey.type)).toEqual(['public', 'public', 'public']);
  });
  it('must be there', () => {
    expect(() => loadVerificationKeys('nothing')).toThrow('the file holds no PEM encoded key');
  });
});
