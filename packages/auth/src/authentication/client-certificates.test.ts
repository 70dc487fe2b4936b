import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { createAuthority, issueCertificate } from '../pki/certificate.ts';
import type { CertificateOptions, KeyPair } from '../pki/certificate.ts';
import { clientCertificates } from './client-certificates.ts';

const DAY = 86_400_000;
const notBefore = Date.UTC(2030, 0, 1);
const notAfter = notBefore + DAY;
const der = (pem: string) => new X509Certificate(pem).raw;

describe('client certificates', () => {
  let authority: KeyPair;
  const issue = async (options: Partial<CertificateOptions>) => {
    const { certificate } = await issueCertificate({
      authority,
      usage: 'client',
      commonName: 'jane',
      notBefore,
      notAfter,
      ...options,
    });
    return { token: undefined, certificate: der(certificate) };
  };
  const at = (now: number) => clientCertificates({ clock: () => now });
  const ask = at(notBefore + 1000);
  beforeAll(async () => {
    authority = await createAuthority({ commonName: 'ca', notBefore, notAfter });
  });

  it('have the user in the common name and groups in the organizations', async () => {
    expect(ask(await issue({ organizations: ['system:masters', 'b', 'Übung, "Ü"'] }))).toEqual({
      kind: 'authenticated',
      user: {
        name: 'jane',
        uid: '',
        groups: ['system:masters', 'b', 'Übung, "Ü"'],
        extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
      },
    });
    expect(ask(await issue({}))).toMatchObject({ user: { groups: [] } });
  });
  it('count in their time only, asked each time', async () => {
    const shown = await issue({});
    let now = notBefore - 1;
    const moving = clientCertificates({ clock: () => now });
    const refused = { kind: 'refused', why: 'x509: certificate has expired or is not yet valid', isPublic: true };
    expect(moving(shown)).toEqual(refused);
    now = notBefore;
    expect(moving(shown)).toMatchObject({ kind: 'authenticated' });
    now = notAfter + 1;
    expect(moving(shown)).toEqual(refused);
  });
  it('must be for clients', async () => {
    expect(ask(await issue({ usage: 'server', hosts: ['jane'] }))).toEqual({
      kind: 'refused',
      why: 'x509: certificate specifies an incompatible key usage',
      isPublic: true,
    });
  });
  it('without a name are nobody’s', async () => {
    expect(ask(await issue({ commonName: '' }))).toEqual({ kind: 'none' });
    expect(ask({ token: undefined, certificate: undefined })).toEqual({ kind: 'none' });
  });
  it('that are none are refused, again and again', () => {
    const shown = { token: undefined, certificate: Buffer.from('no certificate') };
    for (let n = 0; n < 2; n += 1)
      expect(ask(shown)).toMatchObject({ kind: 'refused', why: 'x509: malformed certificate' });
  });
  it('are read once each, also when every request brings its own copy', async () => {
    const shown = await issue({});
    const copy = { token: undefined, certificate: Uint8Array.from(shown.certificate) };
    expect(ask(copy)).toBe(ask(shown));
  });
  it('may have a uid, one at most', async () => {
    const named = async (...uids: string[]) => {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const name = [{ CN: ['jane'] }, ...uids.map((uid) => ({ '1.3.6.1.4.1.57683.2': [uid] }))];
      const options = {
        name,
        keys,
        signingAlgorithm: algorithm,
        notBefore: new Date(notBefore),
        notAfter: new Date(notAfter),
      };
      const made = await x509.X509CertificateGenerator.createSelfSigned(options);
      return ask({ token: undefined, certificate: new Uint8Array(made.rawData) });
    };
    expect(await named('42')).toMatchObject({ user: { name: 'jane', uid: '42' } });
    expect(await named('42', '43')).toEqual({ kind: 'refused', why: 'expected 1 UID, but found multiple: [42 43]' });
  });
});
