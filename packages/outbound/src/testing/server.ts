// The decorators of @peculiar/x509's ASN.1 classes need it before the first of them is made.
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer as createPlain, type RequestListener } from 'node:http';
import { createServer as createSecure, type ServerOptions } from 'node:https';
import { createServer as createRaw, type Server, type Socket } from 'node:net';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

/** A certificate and its key, PEM, and what signs with it. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly signer: { readonly name: string; readonly key: webcrypto.CryptoKey };
}

/** What a certificate is made of. */
export interface Wish {
  readonly name: string;
  /** Names and addresses; none: no alternative names at all. */
  readonly hosts?: readonly x509.JsonGeneralName[];
  readonly issuer?: Pair;
  /** Whether it may sign others; where left out, it may if it signs itself. */
  readonly isAuthority?: boolean;
  /** In days from now. */
  readonly expires?: number;
}

/** A certificate, signed by its issuer or, an authority, by itself. */
export async function certificate({ name, hosts, issuer, isAuthority = !issuer, expires = 1 }: Wish): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: issuer ? issuer.signer.name : `CN=${name}`,
    notBefore: new Date(Date.now() - 30 * DAY),
    notAfter: new Date(Date.now() + expires * DAY),
    publicKey: keys.publicKey,
    signingKey: issuer ? issuer.signer.key : keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(hosts ? [new x509.SubjectAlternativeNameExtension([...hosts])] : []),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { certificate: made.toString('pem'), key, signer: { name: `CN=${name}`, key: keys.privateKey } };
}

/** A listening server of a test. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** Connections that were made so far. */
  readonly connections: number;
}

/** A server over plain HTTP. */
export function plainServer(listener: RequestListener): Promise<TestServer> {
  return listening(createPlain(listener));
}

/** A server over TLS. */
export function secureServer(tls: ServerOptions, listener: RequestListener): Promise<TestServer> {
  return listening(createSecure(tls, listener));
}

/** A server that speaks whatever its listener does. */
export function rawServer(listener: (socket: Socket) => void): Promise<TestServer> {
  return listening(createRaw(listener));
}

async function listening(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
