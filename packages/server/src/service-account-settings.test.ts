import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem, loadSigningKey } from '@kcp/auth';
import { start } from './index.ts';
import { RootDirectory } from './root-directory.ts';
import { serviceAccountKeys } from './service-account-keys.ts';
import { serviceAccountSettings, type ServiceAccountOptions } from './service-account-settings.ts';

const HOUR = 3_600_000;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-accounts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('settings of service accounts', () => {
  it('have defaults', () => {
    expect(serviceAccountSettings({})).toEqual({
      issuer: 'https://kcp.default.svc',
      issuers: ['https://kcp.default.svc'],
      audiences: ['https://kcp.default.svc'],
      maxExpirationSeconds: undefined,
      jwksUri: 'https://kcp.default.svc/openid/v1/jwks',
    });
  });

  it('take several issuers: the first issues, all are audiences where none is named', () => {
    const serviceAccountIssuers = ['https://new.example.com/', 'old'];
    expect(serviceAccountSettings({ serviceAccountIssuers })).toMatchObject({
      issuer: 'https://new.example.com/',
      audiences: serviceAccountIssuers,
      jwksUri: 'https://new.example.com/openid/v1/jwks',
    });
    expect(serviceAccountSettings({ serviceAccountIssuers, apiAudiences: ['api'] }).audiences).toEqual(['api']);
  });

  it.each<[ServiceAccountOptions, string]>([
    [{ serviceAccountIssuers: [''] }, 'service-account-issuer should not be an empty string'],
    [{ serviceAccountIssuers: ['a', ''] }, 'service-account-issuer should not be an empty string'],
    [{ serviceAccountIssuers: ['a', 'a'] }, 'service-account-issuer "a" is given twice'],
    [
      { serviceAccountIssuers: ['http://:x'] },
      `service-account-issuer "http://:x" contained a ':' but was not a valid URL`,
    ],
    [
      { serviceAccountMaxTokenExpirationMs: HOUR - 1 },
      'the service-account-max-token-expiration must be 1 hour or greater',
    ],
    [{ serviceAccountMaxTokenExpirationMs: 2 ** 33 * 1000 }, 'and up to 2^32 seconds'],
    [{ serviceAccountJwksUri: 'http://x/y' }, 'service-account-jwks-uri requires https scheme, parsed as: http://x/y'],
    [{ serviceAccountJwksUri: 'x' }, 'service-account-jwks-uri requires https scheme, parsed as: x'],
  ])('%j is refused', (options, message) => {
    expect(() => serviceAccountSettings(options)).toThrow(message);
  });
});

describe('keys of service accounts', () => {
  const keysIn = async (
    files: Readonly<Record<string, string>>,
    keyFiles: readonly string[],
    signingKeyFile?: string,
  ) => {
    const directory = await RootDirectory.open(join(folder, 'root'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const signing = signingKeyFile === undefined ? {} : { signingKeyFile: join(folder, signingKeyFile) };
    return serviceAccountKeys(directory, { keyFiles: keyFiles.map((name) => join(folder, name)), ...signing });
  };
  const [one, two] = [generateSigningKeyPem(), generateSigningKeyPem()];
  const publicPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'pem',
  });

  it('are made where no file has a private one', async () => {
    const { signing, verification } = await keysIn({ 'public.pem': publicPem.toString() }, ['public.pem']);
    expect(await readdir(join(folder, 'root'))).toEqual(['sa.key']);
    expect(verification).toHaveLength(2);
    expect(verification[0]).toBe(signing);
  });

  it('sign with the first private one, or with the one that is named', async () => {
    const files = { 'public.pem': publicPem.toString(), 'one.key': one, 'two.key': two };
    const all = ['public.pem', 'one.key', 'two.key'];
    expect((await keysIn(files, all)).signing.id).toBe(loadSigningKey(one).id);
    const named = await keysIn(files, all, 'two.key');
    expect(named.signing.id).toBe(loadSigningKey(two).id);
    expect(named.verification).toHaveLength(3);
    expect(await readdir(join(folder, 'root'))).toEqual([]);
  });

  it('that cannot be read are refused by the name of the file', async () => {
    await expect(keysIn({}, ['none'])).rejects.toThrow(/cannot read .*none/);
    await expect(keysIn({ 'x.key': 'x' }, [], 'x.key')).rejects.toThrow(/x.key: /);
  });
});

describe('a server', () => {
  it('issues with the first issuer, shortens what is too long, and accepts tokens of an older issuer', async () => {
    const rootDirectory = join(folder, 'server');
    const options = { rootDirectory, storage: 'lmdb' as const };
    const [old, current] = ['https://old.example.com', 'https://new.example.com'];
    const tokenPath = '/api/v1/namespaces/default/serviceaccounts/bot/token';
    const ask = { spec: { expirationSeconds: 86_400 } };
    const first = await start({ ...options, serviceAccountIssuers: [old] });
    await first.client('root').create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'bot' } });
    const { status } = (await first.client('root').create(tokenPath, ask)) as { status: { token: string } };
    await first.stop();
    await using second = await start({
      ...options,
      serviceAccountIssuers: [current, old],
      serviceAccountMaxTokenExpirationMs: 2 * HOUR,
      serviceAccountJwksUri: 'https://keys.example.com/jwks',
    });
    const review = await second
      .clientOf(status.token, 'root')
      .create('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(review).toMatchObject({ status: { userInfo: { username: 'system:serviceaccount:default:bot' } } });
    const shorter = await second.client('root').create(tokenPath, ask);
    expect(shorter).toMatchObject({ spec: { expirationSeconds: 7200, audiences: [current, old] } });
    const document = await second.client('root').get('/.well-known/openid-configuration');
    expect(document).toMatchObject({ issuer: current, jwks_uri: 'https://keys.example.com/jwks' });
  });
});
