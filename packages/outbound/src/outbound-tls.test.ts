import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutboundError } from './failure.ts';
import { createOutbound, type Outbound } from './outbound.ts';
import type { OutboundTls } from './call.ts';
import { certificate, plainServer, secureServer, type Pair, type TestServer } from './testing/server.ts';

const parts = new AsyncDisposableStack();
let calls: Outbound;
let authority: Pair;
let server: TestServer;
let client: Pair;

beforeAll(async () => {
  calls = parts.use(createOutbound());
  authority = await certificate({ name: 'ca' });
  const own = await certificate({
    name: 'x',
    hosts: [
      { type: 'ip', value: '127.0.0.1' },
      { type: 'dns', value: 'hook.test' },
    ],
    issuer: authority,
  });
  client = await certificate({ name: 'jane', issuer: authority });
  const tls = {
    key: own.key,
    cert: own.certificate,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  };
  server = parts.use(
    await secureServer(tls, (request, response) => {
      const { socket } = request;
      const subject =
        'getPeerCertificate' in socket && typeof socket.getPeerCertificate === 'function'
          ? socket.getPeerCertificate()
          : {};
      response.end(String(subject.subject?.CN));
    }),
  );
});
afterAll(() => parts.disposeAsync());

async function why(port: number, tls?: OutboundTls): Promise<string> {
  const call = calls.send({ tenant: 'a', url: `https://127.0.0.1:${port}/`, method: 'POST', ...(tls && { tls }) });
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof OutboundError)) throw new Error('there was an answer');
  return thrown.message.replace(`Post "https://127.0.0.1:${port}/": `, '');
}

async function served(wish: Parameters<typeof certificate>[0]): Promise<TestServer> {
  const { key, certificate: cert } = await certificate({ issuer: authority, ...wish });
  return parts.use(await secureServer({ key, cert }, (_request, response) => response.end()));
}

describe('over TLS', () => {
  const body = async (tls: OutboundTls) =>
    String((await calls.send({ tenant: 'a', url: `https://127.0.0.1:${server.port}/`, tls })).body);
  it('the authorities are those that the caller gives, and its certificate is shown', async () => {
    const caBundle = authority.certificate;
    expect(await body({ caBundle })).toBe('undefined');
    expect(await body({ caBundle, clientCertificate: { certificate: client.certificate, key: client.key } })).toBe(
      'jane',
    );
    expect(await body({ caBundle })).toBe('undefined');
    expect(await body({ caBundle, serverName: 'hook.test' })).toBe('undefined');
  });
  it('a certificate of nobody’s is refused', async () => {
    const unknown = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    expect(await why(server.port)).toBe(unknown);
    const other = await certificate({ name: 'ca' });
    expect(await why(server.port, { caBundle: other.certificate })).toBe(unknown);
  });
  it('a bundle may hold the certificate of the server itself, or of an authority between', async () => {
    const hosts = [{ type: 'ip', value: '127.0.0.1' }] as const;
    const between = await certificate({ name: 'between', issuer: authority, isAuthority: true });
    const own = await certificate({ name: 'own', hosts, issuer: between });
    const other = await certificate({ name: 'own', hosts, issuer: between });
    const { port } = parts.use(
      await secureServer({ key: own.key, cert: own.certificate }, (_request, response) => response.end('here')),
    );
    const ask = async ({ certificate: caBundle }: Pair) =>
      String((await calls.send({ tenant: 'a', url: `https://127.0.0.1:${port}/`, tls: { caBundle } })).body);
    expect([await ask(own), await ask(between)]).toEqual(['here', 'here']);
    expect(await why(port, { caBundle: other.certificate })).toContain('unknown authority');
  });
  it('a connection that one caller trusts is not used for another', async () => {
    await body({ caBundle: authority.certificate });
    expect(await why(server.port)).toContain('unknown authority');
  });
  it('a certificate for another name is refused', async () => {
    const caBundle = authority.certificate;
    expect(await why(server.port, { caBundle, serverName: 'other.test' })).toBe(
      'tls: failed to verify certificate: x509: certificate is valid for 127.0.0.1, hook.test, not other.test',
    );
  });
  it('a common name is no host name', async () => {
    const named = await served({ name: '127.0.0.1' });
    expect(await why(named.port, { caBundle: authority.certificate })).toBe(
      "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
    );
  });
  it('an expired certificate is refused', async () => {
    const old = await served({ name: 'old', hosts: [{ type: 'ip', value: '127.0.0.1' }], expires: -1 });
    expect(await why(old.port, { caBundle: authority.certificate })).toContain(
      'x509: certificate has expired or is not yet valid',
    );
  });
  it('a server without TLS is found out', async () => {
    const plain = parts.use(await plainServer((_request, response) => response.end()));
    expect(await why(plain.port)).toBe('http: server gave HTTP response to HTTPS client');
  });
  it('a server that wants a certificate says so', async () => {
    const { key, certificate: cert } = await certificate({
      name: 's',
      hosts: [{ type: 'ip', value: '127.0.0.1' }],
      issuer: authority,
    });
    const options = { key, cert, ca: authority.certificate, requestCert: true, rejectUnauthorized: true };
    const strict = parts.use(await secureServer(options, (_request, response) => response.end()));
    expect(await why(strict.port, { caBundle: authority.certificate })).toMatch(/bad certificate|EOF|reset/);
  });
  it('keys that are none are said to be', async () => {
    const keys = { certificate: client.certificate, key: authority.key };
    const caBundle = authority.certificate;
    expect(await why(server.port, { caBundle, clientCertificate: keys })).toMatch(/^tls: .*key values mismatch/);
    const rubbish = { certificate: client.certificate, key: 'rubbish' };
    expect(await why(server.port, { caBundle, clientCertificate: rubbish })).toMatch(/^tls: /);
    expect(await why(server.port, { caBundle: 'rubbish' })).toContain('unknown authority');
  });
});
