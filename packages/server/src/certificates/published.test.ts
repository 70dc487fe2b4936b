import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { createAuthority, issueCertificate } from '@kcp/auth';
import { start, type Server } from '../index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-published-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** Writes a serving pair of a new authority. */
async function writePair(): Promise<void> {
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 };
  const authority = await createAuthority({ commonName: 'company', ...times });
  const pair = await issueCertificate({
    authority,
    usage: 'server',
    commonName: 'kcp',
    hosts: ['127.0.0.1'],
    ...times,
  });
  await writeFile(at('a.key'), pair.privateKey);
  await writeFile(at('a.crt'), pair.certificate + authority.certificate);
}

/** The first object of a watch of which something is true. */
async function seen(server: Server, path: string, isIt: (object: JsonObject) => boolean): Promise<JsonObject> {
  const stop = new AbortController();
  for await (const { object } of server.client('blue').watch(path, {}, stop.signal)) {
    if (isIt(object as JsonObject)) return object as JsonObject;
  }
  throw new Error('the watch ended');
}

it('new serving certificates stand in the kubeconfig, in every kube-root-ca.crt, and beside tokens, which stay', async () => {
  await writePair();
  const files = { tlsCertFile: at('a.crt'), tlsPrivateKeyFile: at('a.key') };
  await using server = await start({ rootDirectory: at('root'), storage: 'memory', ...files });
  const first = await readFile(at('a.crt'), 'utf8');
  expect(server.certificateAuthority).toBe(first);
  const blue = server.client('blue');
  await blue.create('/api/v1/namespaces', { metadata: { name: 'ns' } });
  const holds = (pem: string) => (object: JsonObject) =>
    JSON.stringify(object).includes(JSON.stringify(pem).slice(1, -1));
  const [configMaps, secrets] = ['/api/v1/namespaces/ns/configmaps', '/api/v1/namespaces/ns/secrets'];
  await seen(server, configMaps, holds(first));
  await blue.create(secrets, {
    metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'default' } },
    type: 'kubernetes.io/service-account-token',
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const before = await seen(server, secrets, holds(base64(first)));
  await writePair();
  const second = await readFile(at('a.crt'), 'utf8');
  await seen(server, configMaps, holds(second));
  const after = await seen(server, secrets, holds(base64(second)));
  const tokenOf = ({ data }: JsonObject): unknown => (data as { readonly token?: string }).token;
  expect(tokenOf(after)).toBe(tokenOf(before));
  expect(await readFile(server.kubeconfig, 'utf8')).toContain(base64(second));
  expect(server.certificateAuthority).toBe(second);
});
