import 'reflect-metadata';
import { createPrivateKey, X509Certificate, webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import * as x509 from '@peculiar/x509';
import { createAuthority, issueCertificate } from '../pki/certificate.ts';
import { clusterUri, scopeOf } from './certificate-scope.ts';
import { clientCertificates } from './client-certificates.ts';

const now = Date.UTC(2030, 0, 1);
const times = { notBefore: now - 1000, notAfter: now + 86_400_000 };
const authority = createAuthority({ commonName: 'signing', ...times });

/** A client certificate with any alternative names. */
async function certificate(names: x509.JsonGeneralName[], subject: x509.JsonName = [{ CN: ['jane'] }]) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const issuer = await authority;
  const pkcs8 = Uint8Array.from(createPrivateKey(issuer.privateKey).export({ type: 'pkcs8', format: 'der' }));
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  const made = await x509.X509CertificateGenerator.create({
    subject: new x509.Name(subject),
    issuer: new x509.X509Certificate(issuer.certificate).subjectName,
    notBefore: new Date(times.notBefore),
    notAfter: new Date(times.notAfter),
    publicKey: keys.publicKey,
    signingKey: key,
    signingAlgorithm: algorithm,
    extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)],
  });
  return new X509Certificate(Buffer.from(made.rawData));
}

const uri = (value: string): x509.JsonGeneralName => ({ type: 'url', value });
const blue = uri(clusterUri('blue' as LogicalCluster));

describe('where a certificate counts', () => {
  it.each<[string, x509.JsonGeneralName[], object]>([
    ['no alternative names', [], { kind: 'everywhere' }],
    ['names of others', [uri('spiffe://a/b'), { type: 'dns', value: 'kcp' }], { kind: 'everywhere' }],
    ['a host that looks like it', [{ type: 'dns', value: 'kcp://logical-clusters/blue' }], { kind: 'everywhere' }],
    ['one logical cluster', [blue], { kind: 'cluster', cluster: 'blue' }],
    ['one among others', [{ type: 'dns', value: 'a' }, uri('x:y'), blue], { kind: 'cluster', cluster: 'blue' }],
    ['two', [blue, uri(clusterUri('green' as LogicalCluster))], { kind: 'malformed' }],
    ['the wildcard', [uri('kcp://logical-clusters/*')], { kind: 'malformed' }],
    ['none', [uri('kcp://logical-clusters/')], { kind: 'malformed' }],
    ['something else of ours', [uri('kcp://shards/blue')], { kind: 'malformed' }],
    ['another case', [uri('KCP://logical-clusters/blue')], { kind: 'malformed' }],
    ['two in one', [uri('kcp://logical-clusters/blue, URI:kcp://logical-clusters/green')], { kind: 'malformed' }],
    ['one hidden in quotes', [uri('kcp://logical-clusters/blue"')], { kind: 'malformed' }],
  ])('%s', async (_name, names, scope) => {
    expect(scopeOf(await certificate(names))).toEqual(scope);
  });
});

describe('a client certificate of a confining authority', () => {
  const ask = async (shown: X509Certificate, confines = true) => {
    const issuer = new X509Certificate((await authority).certificate);
    const confining = confines ? [issuer] : [];
    const answer = clientCertificates({ clock: () => now, confining: () => confining });
    return answer({ token: undefined, certificate: shown.raw });
  };

  it('is confined to the logical cluster that it names', async () => {
    expect(await ask(await certificate([blue], [{ O: ['team'] }, { CN: ['jane'] }]))).toMatchObject({
      kind: 'authenticated',
      user: { name: 'jane', groups: ['team'], extra: { 'authentication.kcp.io/scopes': ['cluster:blue'] } },
    });
  });

  it('counts for nothing where it names none; that of another authority counts', async () => {
    expect(await ask(await certificate([]))).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('names no'),
    });
    expect(await ask(await certificate([]), false)).toMatchObject({ kind: 'authenticated', user: { name: 'jane' } });
  });

  it('counts for nothing where it names one badly, whoever made it', async () => {
    const shown = await certificate([uri('kcp://logical-clusters/')]);
    for (const confines of [true, false])
      expect(await ask(shown, confines)).toMatchObject({ kind: 'refused', why: expect.stringContaining('badly') });
  });

  it.each<[string, x509.JsonName]>([
    ['masters', [{ O: ['system:masters'] }, { CN: ['jane'] }]],
    ['the second group', [{ O: ['team'] }, { O: ['system:kcp:admin'] }, { CN: ['jane'] }]],
    ['a service account', [{ CN: ['system:serviceaccount:default:bot'] }]],
    ['a binding', [{ O: ['apis.kcp.io:binding:system:kcp:admin'] }, { CN: ['jane'] }]],
    ['nobody in particular', [{ CN: ['system:anonymous'] }]],
  ])('is never for %s', async (_name, subject) => {
    expect(await ask(await certificate([blue], subject))).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('which is reserved'),
    });
  });

  it('is judged anew when other authorities confine', async () => {
    let confining: readonly X509Certificate[] = [];
    const answer = clientCertificates({ clock: () => now, confining: () => confining });
    const shown = { token: undefined, certificate: (await certificate([])).raw };
    expect(answer(shown)).toMatchObject({ kind: 'authenticated' });
    confining = [new X509Certificate((await authority).certificate)];
    expect(answer(shown)).toMatchObject({ kind: 'refused' });
  });
});

describe('a certificate that the handshake refused', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'x509: certificate has expired or is not yet valid'],
    ['INVALID_PURPOSE', 'x509: certificate specifies an incompatible key usage'],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'x509: certificate signed by unknown authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
  ])('%s', (certificateError, why) => {
    const answer = clientCertificates({ clock: () => now });
    expect(answer({ token: undefined, certificate: undefined, certificateError })).toEqual({
      kind: 'refused',
      why,
      isPublic: true,
    });
  });

  it('is another matter than none', async () => {
    const { certificate: pem } = await issueCertificate({
      authority: await authority,
      usage: 'client',
      commonName: 'x',
      ...times,
    });
    const answer = clientCertificates({ clock: () => now });
    expect(answer({ token: undefined, certificate: undefined })).toEqual({ kind: 'none' });
    expect(answer({ token: undefined, certificate: new X509Certificate(pem).raw })).toMatchObject({
      kind: 'authenticated',
    });
  });
});
