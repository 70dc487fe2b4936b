import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import { openEtcdStore, type Backend } from '@kcp/storage';
import { findEtcd, startEtcd, type TestEtcd } from '@kcp/storage/testing/etcd';
import { silentLogger } from '@kcp/telemetry';

const folder = mkdtempSync(join(tmpdir(), 'etcd-certificates-'));
const now = Date.now();
const hour = 3_600_000;
let etcd: TestEtcd | undefined;
let good: KeyPair | undefined;
let stranger: KeyPair | undefined;

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};

const issue = (authority: KeyPair, usage: 'server' | 'client', notAfter: number): Promise<KeyPair> =>
  issueCertificate({
    authority,
    usage,
    commonName: 'kcp',
    hosts: ['127.0.0.1', 'localhost'],
    notBefore: now - 2 * hour,
    notAfter,
  });

const found = await findEtcd();
if (found.kind === 'missing') process.stderr.write(`SKIPPED: certificates for etcd: ${found.reason}\n`);
const describeIfThere = found.kind === 'missing' ? describe.skip : describe;

beforeAll(async () => {
  if (found.kind === 'missing') return;
  const years = { notBefore: now - 3 * hour, notAfter: now + 10 * hour };
  good = await createAuthority({ commonName: 'etcd', ...years });
  stranger = await createAuthority({ commonName: 'stranger', ...years });
  const server = await issue(good, 'server', now + hour);
  const tls = {
    ca: file('ca.crt', good.certificate),
    certificate: file('server.crt', server.certificate),
    key: file('server.key', server.privateKey),
  };
  etcd = await startEtcd({ program: found.program, tls });
});

afterAll(async () => {
  await etcd?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const authorities = (): { good: KeyPair; stranger: KeyPair } => {
  if (good === undefined || stranger === undefined) throw new Error('not made yet');
  return { good, stranger };
};

const writeClient = async (authority: KeyPair, notAfter: number): Promise<void> => {
  const client = await issue(authority, 'client', notAfter);
  file('client.crt', client.certificate);
  file('client.key', client.privateKey);
};

const open = (startMs: number): Promise<Backend> =>
  openEtcdStore({
    servers: [etcd?.url ?? ''],
    caFile: join(folder, 'trusted.crt'),
    certFile: join(folder, 'client.crt'),
    keyFile: join(folder, 'client.key'),
    folder: mkdtempSync(join(folder, 'copy-')),
    logger: silentLogger,
    timeouts: { startMs, readMs: 1_000, commitMs: 2_000 },
  });

const refusal = { name: 'StoreUnavailableError', outcome: 'none' };

describeIfThere('the certificates for etcd', () => {
  it('let a server in', async () => {
    file('trusted.crt', authorities().good.certificate);
    await writeClient(authorities().good, now + hour);
    await using backend = await open(20_000);
    const write = { kind: 'put', key: '/test/things/root/a', value: Buffer.from('1') } as const;
    expect(await backend.commit([], [write])).toMatchObject({ kind: 'committed' });
    expect(backend.problem()).toBeUndefined();
  });

  it('of another authority are refused, by name', async () => {
    file('trusted.crt', authorities().stranger.certificate);
    await writeClient(authorities().good, now + hour);
    const refused = open(1_500);
    await expect(refused).rejects.toMatchObject(refusal);
    await expect(refused).rejects.toThrow(/certificate/);
  });

  it('that are no longer good keep a server out until they are replaced', async () => {
    file('trusted.crt', authorities().good.certificate);
    await writeClient(authorities().good, now - hour);
    await expect(open(1_500)).rejects.toMatchObject(refusal);
    const opening = open(25_000);
    await writeClient(authorities().good, now + hour);
    await using backend = await opening;
    await backend.synced();
    expect(backend.problem()).toBeUndefined();
  });

  it('are read again at each connection, and a server recovers from bad ones', async () => {
    file('trusted.crt', authorities().good.certificate);
    await writeClient(authorities().good, now + hour);
    await using backend = await open(20_000);
    await etcd?.kill();
    await writeClient(authorities().stranger, now + hour);
    await etcd?.start();
    await expect(backend.synced()).rejects.toMatchObject(refusal);
    expect(backend.problem()).toBeDefined();
    await writeClient(authorities().good, now + hour);
    const again = async (): Promise<void> => {
      for (let tries = 0; tries < 20; tries += 1) {
        try {
          await backend.synced();
          return;
        } catch (error) {
          expect(error).toMatchObject(refusal);
        }
      }
    };
    await again();
    expect(backend.problem()).toBeUndefined();
  });

  it('that are missing, or no certificates, are named', async () => {
    file('trusted.crt', 'nothing');
    await expect(open(500)).rejects.toThrow(/trusted\.crt/);
    rmSync(join(folder, 'trusted.crt'));
    await expect(open(500)).rejects.toThrow(/trusted\.crt/);
  });
});
