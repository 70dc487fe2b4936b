import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { startHttpsServer } from './https-server.ts';

/** How a token is signed. */
export interface SigningOptions {
  /** The key; the newest where left out. */
  readonly key?: IssuerKey;
  /** null: the token names none. */
  readonly keyId?: string | null;
  readonly algorithm?: string;
}

/** A key of the issuer. */
export interface IssuerKey {
  readonly id: string;
  readonly algorithm: string;
  readonly publicKey: JWK;
  readonly privateKey: Parameters<SignJWT['sign']>[0];
}

/** Answers a request in the issuer's stead; false leaves it to the issuer. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean;

/** An OpenID provider: a real HTTPS server that publishes its keys, and signs with them. */
export interface TestIssuer extends AsyncDisposable {
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** The keys that it publishes, newest last; may be changed. */
  readonly keys: IssuerKey[];
  /** What it was asked for, paths in order. */
  readonly requests: string[];
  interfere: Interference | undefined;
  /** Makes a key and publishes it. */
  addKey(algorithm?: string): Promise<IssuerKey>;
  /** Signs claims; `iss`, `aud` (`test`), `sub` (`jane`), `iat` and `exp` (in an hour) are added where they are missing. */
  sign(claims?: JWTPayload, options?: SigningOptions): Promise<string>;
}

/** Starts one with one RS256 key. */
export async function startIssuer(now: () => number = Date.now): Promise<TestIssuer> {
  const keys: IssuerKey[] = [];
  const requests: string[] = [];
  let made = 0;
  const server = await startHttpsServer((request, response) => {
    const { url = '' } = request;
    requests.push(url);
    if (issuer.interfere?.(request, response) === true) return;
    response.setHeader('content-type', 'application/json');
    if (url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: server.url, jwks_uri: `${server.url}/keys` }));
    } else if (url === '/keys') {
      response.end(JSON.stringify({ keys: keys.map(({ publicKey }) => publicKey) }));
    } else {
      response.writeHead(404).end();
    }
  });
  const addKey = async (algorithm = 'RS256'): Promise<IssuerKey> => {
    made += 1;
    const id = `key-${made}`;
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const key: IssuerKey = {
      id,
      algorithm,
      privateKey,
      publicKey: { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' },
    };
    keys.push(key);
    return key;
  };
  const issuer: TestIssuer = {
    url: server.url,
    certificateAuthority: server.authority.certificate,
    keys,
    requests,
    interfere: undefined,
    addKey,
    async sign(claims = {}, options = {}) {
      const key = options.key ?? keys.at(-1);
      if (!key) throw new Error('the issuer has no key');
      const seconds = Math.floor(now() / 1000);
      const standard = { iss: server.url, aud: 'test', sub: 'jane', iat: seconds, exp: seconds + 3600 };
      const { keyId = key.id, algorithm = key.algorithm } = options;
      const header = { alg: algorithm, ...(keyId !== null && { kid: keyId }) };
      return new SignJWT({ ...standard, ...claims }).setProtectedHeader(header).sign(key.privateKey);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  await addKey();
  return issuer;
}
