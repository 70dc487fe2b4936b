import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { importSPKI, jwtVerify } from 'jose';
import { isSignedBy, parseJwt, signJwt } from './jwt.ts';
import { generateSigningKeyPem, loadSigningKey } from './signing-key.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('a token', () => {
  it.each([
    ['ES256', generateSigningKeyPem()],
    ['ES512', p521],
    ['RS256', rsa],
  ])('signed with %s is one that others can check', async (algorithm, pem) => {
    const key = loadSigningKey(pem);
    const token = signJwt({ sub: 'me', list: [1] }, key);
    const spki = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const { payload, protectedHeader } = await jwtVerify(token, await importSPKI(spki, algorithm));
    expect(payload).toEqual({ sub: 'me', list: [1] });
    expect(protectedHeader).toEqual({ alg: algorithm, kid: key.id });
  });
  it('is taken apart and checked with the key that it names', () => {
    const key = loadSigningKey(generateSigningKeyPem());
    const other = loadSigningKey(generateSigningKeyPem());
    const jwt = parseJwt(signJwt({ sub: 'me' }, key));
    expect(jwt).toMatchObject({ algorithm: 'ES256', keyId: key.id, payload: { sub: 'me' } });
    expect(jwt && isSignedBy(jwt, [other, key])).toBe(true);
    expect(jwt && isSignedBy(jwt, [other])).toBe(false);
    expect(jwt && isSignedBy({ ...jwt, keyId: undefined }, [other, key])).toBe(true);
    expect(jwt && isSignedBy({ ...jwt, algorithm: 'none' }, [key])).toBe(false);
    expect(jwt && isSignedBy({ ...jwt, signature: new Uint8Array() }, [key])).toBe(false);
  });
  it('is refused where its shape is wrong', () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ alg: 'ES256' });
    const wrong = [
      '',
      'a.b',
      `${head}.${part({})}`,
      `${head}.${part({})}.AA.AA`,
      `${head}.${part([])}.AA`,
      `${head}.${part('x')}.AA`,
      `${part({})}.${part({})}.AA`,
      `${part({ alg: 5 })}.${part({})}.AA`,
      `${part({ alg: 'ES256', crit: ['b64'] })}.${part({})}.AA`,
      // The last character has bits that are not part of the signature.
      `${head}.${part({})}.AB`,
      `${head}.${part({})}.A=`,
      ` ${head}.${part({})}.AA`,
      `${head}.${part({ a: 'x'.repeat(20_000) })}.AA`,
    ];
    for (const token of wrong) expect(parseJwt(token)).toBeUndefined();
    expect(parseJwt(`${head}.${part({})}.AA`)).toBeDefined();
  });
});
