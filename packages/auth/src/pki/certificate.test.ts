import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate } from './lazy.ts';

const notBefore = Date.now() - 60_000;
const notAfter = notBefore + 86_400_000;
const authority = createAuthority({ commonName: 'kcp-ca', notBefore, notAfter });
const issue = async (options: object) =>
  issueCertificate({ authority: await authority, usage: 'server', commonName: 'kcp', notBefore, notAfter, ...options });

describe('an authority', () => {
  it('signs for itself, and may sign leaves only', async () => {
    const { certificate, privateKey } = await authority;
    const parsed = new X509Certificate(certificate);
    expect(parsed.ca).toBe(true);
    expect(parsed.subject).toBe('CN=kcp-ca');
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  });
});

describe('a certificate', () => {
  it('is signed by its authority and fits its key and times', async () => {
    const ca = new X509Certificate((await authority).certificate);
    const made = await issue({ usage: 'client', commonName: 'jane', organizations: ['a', 'b'] });
    const parsed = new X509Certificate(made.certificate);
    expect(parsed.checkIssued(ca) && parsed.verify(ca.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(made.privateKey))).toBe(true);
    expect(parsed.subject).toBe('O=a\nO=b\nCN=jane');
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(Math.abs(parsed.validToDate.getTime() - notAfter)).toBeLessThan(1000);
  });
  it('has names and addresses of a server', async () => {
    const parsed = new X509Certificate(
      (await issue({ hosts: ['localhost', 'kcp.example.com', '127.0.0.1', '::1'] })).certificate,
    );
    expect(parsed.checkHost('kcp.example.com')).toBe('kcp.example.com');
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkIP('::1')).toBe('::1');
    expect(parsed.checkHost('other.example.com')).toBeUndefined();
  });
  it('never has the serial number of another', async () => {
    const serials = await Promise.all(
      [1, 2, 3].map(async () => new X509Certificate((await issue({})).certificate).serialNumber),
    );
    expect(new Set(serials).size).toBe(3);
  });
  it('carries a TLS connection with certificates on both sides', async () => {
    const ca = (await authority).certificate;
    const server = await issue({ hosts: ['127.0.0.1'] });
    const client = await issue({ usage: 'client', commonName: 'jane' });
    const seen = Promise.withResolvers<string | undefined>();
    const options = { ca, requestCert: true, rejectUnauthorized: true };
    const listener = createServer({ ...options, key: server.privateKey, cert: server.certificate }, (socket) => {
      const name = socket.getPeerX509Certificate()?.subject;
      seen.resolve(socket.authorized ? name : undefined);
      socket.end();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const socket = connect({ host: '127.0.0.1', port, ca, key: client.privateKey, cert: client.certificate });
    socket.on('error', seen.reject).resume();
    expect(await seen.promise).toBe('CN=jane');
    socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
});
