import { request as httpsRequest } from 'node:https';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseJson, type JsonObject } from '@kcp/api-machinery';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import { start, type Server } from '../index.ts';

const DAY = 86_400_000;
const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
let folder = '';
let server: Server;
let authority: KeyPair;
const now = Date.now();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-access-'));
  authority = await createAuthority({ commonName: 'clients', notBefore: now - 9 * DAY, notAfter: now + 9 * DAY });
  await writeFile(join(folder, 'clients.crt'), authority.certificate);
  const clientCaFile = join(folder, 'clients.crt');
  server = await start({ rootDirectory: join(folder, 'root'), storage: 'memory', clientCaFile });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const client = (options: object, issuer = authority) =>
  issueCertificate({
    authority: issuer,
    usage: 'client',
    commonName: 'jane',
    notBefore: now - 2 * DAY,
    notAfter: now + DAY,
    ...options,
  });

/** Asks over a connection of its own who one is; status and body of the answer. */
async function whoAmI(
  pair?: KeyPair,
  headers: Record<string, string> = {},
): Promise<{ code: number; body: JsonObject }> {
  const answer = Promise.withResolvers<{ code: number; text: string }>();
  const tls = { ca: server.certificateAuthority, ...(pair && { cert: pair.certificate, key: pair.privateKey }) };
  const asked = httpsRequest(`${server.url}/clusters/root${review}`, {
    ...tls,
    agent: false,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  });
  asked.on('error', answer.reject).on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('end', () => answer.resolve({ code: response.statusCode ?? 0, text }));
  });
  asked.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }));
  const { code, text } = await answer.promise;
  return { code, body: parseJson(text) as JsonObject };
}

describe('a client with a certificate', () => {
  it('of a client authority is who the subject says', async () => {
    expect(await whoAmI(await client({ organizations: ['system:masters'] }))).toMatchObject({
      code: 201,
      body: { status: { userInfo: { username: 'jane', groups: ['system:masters', 'system:authenticated'] } } },
    });
  });

  it.each<[string, () => Promise<KeyPair>, string]>([
    ['that ended', () => client({ notAfter: now - DAY }), 'x509: certificate has expired or is not yet valid'],
    ['that begins later', () => client({ notBefore: now + DAY / 2 }), 'x509: certificate has expired or is not yet'],
    ['for servers', () => client({ usage: 'server' }), 'x509: certificate specifies an incompatible key usage'],
    [
      'of a stranger',
      async () =>
        client({}, await createAuthority({ commonName: 'clients', notBefore: now - DAY, notAfter: now + DAY })),
      'x509: certificate signed by unknown authority',
    ],
    [
      'of the signing authority that names no logical cluster',
      async () => {
        const [certificate, privateKey] = await Promise.all(
          ['crt', 'key'].map((end) => readFile(join(folder, `root/cluster-signing-ca.${end}`), 'utf8')),
        );
        return client(
          { organizations: ['system:masters'] },
          { certificate: certificate ?? '', privateKey: privateKey ?? '' },
        );
      },
      'x509: certificate of a confining authority names no logical cluster',
    ],
  ])('%s is refused, and told why', async (_what, made, why) => {
    expect(await whoAmI(await made())).toMatchObject({
      code: 401,
      body: { reason: 'Unauthorized', message: expect.stringContaining(`Unauthorized: ${why}`) },
    });
  });

  it('that is no good may still show a token', async () => {
    const headers = { authorization: `Bearer ${server.adminToken}` };
    expect(await whoAmI(await client({ notAfter: now - DAY }), headers)).toMatchObject({
      code: 201,
      body: { status: { userInfo: { username: 'shard-admin' } } },
    });
  });
});

describe('a client without', () => {
  it('is anonymous, and learns nothing of certificates', async () => {
    const { code, body } = await whoAmI();
    expect(code).toBe(403);
    expect(body['message']).toContain('system:anonymous');
    expect(await whoAmI(undefined, { authorization: 'Bearer wrong' })).toMatchObject({
      code: 401,
      body: { message: 'Unauthorized' },
    });
  });
});
