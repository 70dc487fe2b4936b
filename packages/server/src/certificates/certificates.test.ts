import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import { FakeClock } from '@kcp/controller/testing';
import { startDoor, type Door } from '@kcp/http';
import { silentLogger, silentMeter, type Logger } from '@kcp/telemetry';
import { RootDirectory } from '../root-directory.ts';
import { certificateSources, doorTls, type CertificateOptions, type CertificateSet } from './certificate-set.ts';
import { Certificates } from './certificates.ts';
import { certificatesOf } from './pair-files.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
let folder = '';
let directory: RootDirectory;
let parts: AsyncDisposableStack;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-certificates-'));
  directory = await RootDirectory.open(join(folder, 'root'));
  parts = new AsyncDisposableStack();
});
afterEach(async () => {
  await parts.disposeAsync();
  await rm(folder, { recursive: true, force: true });
});

/** The certificates under some options, started, and a door that is renewed with them; `changed` fulfils at the next change. */
async function opened(options: CertificateOptions = {}, clock = new FakeClock(Date.now())) {
  const errors: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message, fields) => errors.push(`${message}: ${String(fields?.['error'])}`),
  };
  const sources = certificateSources(options, ['localhost', '127.0.0.1']);
  const certificates = parts.use(await Certificates.open({ directory, sources, clock, logger }));
  const door = parts.use(
    await startDoor({
      host: '127.0.0.1',
      port: 0,
      tls: doorTls(sources, certificates.current),
      handler: ({ peer }) => ({ status: peer.certificate ? 200 : 401, headers: {} }),
      logger: silentLogger,
      meter: silentMeter,
    }),
  );
  let next = Promise.withResolvers<CertificateSet>();
  certificates.onChange((set) => {
    door.renew(doorTls(sources, set));
    next.resolve(set);
    next = Promise.withResolvers();
  });
  certificates.start();
  return { certificates, door, clock, errors, changed: () => next.promise };
}

async function pairIn(file: string, commonName: string, authority?: KeyPair): Promise<KeyPair> {
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + DAY };
  const pair = authority
    ? await issueCertificate({ authority, usage: 'server', commonName, hosts: ['localhost'], ...times })
    : await createAuthority({ commonName, ...times });
  await writeFile(join(folder, `${file}.key`), pair.privateKey);
  await writeFile(join(folder, `${file}.crt`), pair.certificate);
  return pair;
}

const at = (name: string): string => join(folder, name);
const givenOptions = (): CertificateOptions => ({ tlsCertFile: at('a.crt'), tlsPrivateKeyFile: at('a.key') });

/** Whom a client meets that trusts some authorities. */
async function met({ port }: Door, ca?: string, servername = 'localhost'): Promise<string> {
  const socket = connectTls({ port, servername, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.subject ?? '';
  } finally {
    socket.destroy();
  }
}

describe('a serving pair that options name', () => {
  it('is shown anew as soon as its files are replaced', async () => {
    await pairIn('a', 'one');
    const { door, changed } = await opened(givenOptions());
    expect(await met(door)).toBe('CN=one');
    const change = changed();
    await pairIn('a', 'two');
    await change;
    expect(await met(door)).toBe('CN=two');
  });

  it('may be reached through a link that is replaced, as a kubelet mounts Secrets', async () => {
    const [first, second] = [await RootDirectory.open(at('..1')), await RootDirectory.open(at('..2'))];
    for (const [target, name] of [
      [first, 'one'],
      [second, 'two'],
    ] as const) {
      const pair = await pairIn('made', name);
      await target.write('tls.crt', pair.certificate);
      await target.write('tls.key', pair.privateKey);
    }
    await symlink('..1', at('..data'));
    for (const [link, file] of [
      ['a.crt', 'tls.crt'],
      ['a.key', 'tls.key'],
    ] as const)
      await symlink(`..data/${file}`, at(link));
    const { door, changed } = await opened(givenOptions());
    const change = changed();
    await symlink('..2', at('..data_tmp'));
    await rename(at('..data_tmp'), at('..data'));
    await change;
    expect(await met(door)).toBe('CN=two');
  });

  it('stays where the new one is broken, which is logged; a later one counts', async () => {
    await pairIn('a', 'one');
    const { door, certificates, errors, changed } = await opened(givenOptions());
    await writeFile(at('a.crt'), 'half a certif');
    await certificates.check();
    expect(errors.join()).toContain('a.crt: the file holds no PEM encoded certificate');
    expect(await met(door)).toBe('CN=one');
    const change = changed();
    await pairIn('a', 'three');
    await change;
    expect(await met(door)).toBe('CN=three');
  });

  it('is looked at again a minute after it was broken, whatever the file system says', async () => {
    await pairIn('a', 'one');
    const { certificates, clock } = await opened(givenOptions());
    await rm(at('a.crt'));
    await certificates.check();
    expect(certificates.current.due).toBe(clock.now() + 60_000);
  });

  it('refuses a start that it is no good for', async () => {
    await expect(opened({ tlsCertFile: at('none'), tlsPrivateKeyFile: at('none') })).rejects.toThrow(/no such file/);
  });
});

describe('pairs for names', () => {
  it('are shown anew when their files are replaced', async () => {
    await pairIn('b', 'one');
    const { door, changed } = await opened({ tlsSniCertKeys: [`${at('b.crt')},${at('b.key')}:kcp.example.com`] });
    expect([await met(door, undefined, 'kcp.example.com'), await met(door)]).toEqual(['CN=one', 'CN=kcp']);
    const change = changed();
    await pairIn('b', 'two');
    await change;
    expect(await met(door, undefined, 'kcp.example.com')).toBe('CN=two');
  });
});

describe('client authorities', () => {
  const visit = async ({ port }: Door, client: KeyPair): Promise<string> => {
    const pair = { key: client.privateKey, cert: client.certificate };
    const socket = connectTls({ port, servername: 'localhost', rejectUnauthorized: false, ...pair });
    await once(socket, 'secureConnect');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const [answer] = await once(socket, 'data');
    socket.destroy();
    return String(answer).slice(9, 12);
  };

  it('are read anew, beside the one that signs requests', async () => {
    const [one, two] = [await pairIn('one', 'one'), await pairIn('two', 'two')];
    const client = async (authority: KeyPair) =>
      issueCertificate({
        authority,
        usage: 'client',
        commonName: 'jane',
        notBefore: Date.now(),
        notAfter: Date.now() + DAY,
      });
    const [first, second] = [await client(one), await client(two)];
    await writeFile(at('clients.crt'), one.certificate);
    const { door, certificates, changed } = await opened({ clientCaFile: at('clients.crt') });
    const third = await client(certificates.current.signing);
    expect([await visit(door, first), await visit(door, second), await visit(door, third)]).toEqual([
      '200',
      '401',
      '200',
    ]);
    const change = changed();
    await writeFile(at('clients.crt'), two.certificate);
    await change;
    expect([await visit(door, first), await visit(door, second), await visit(door, third)]).toEqual([
      '401',
      '200',
      '200',
    ]);
  });

  it('confine only where they are not client authorities besides', async () => {
    await pairIn('signing', 'signing');
    const options = { clusterSigningCertFile: at('signing.crt'), clusterSigningKeyFile: at('signing.key') };
    const { certificates } = await opened(options);
    expect(certificates.current.confining.map(({ subject }) => subject)).toEqual(['CN=signing']);
    const both = await opened({ ...options, clientCaFile: at('signing.crt') });
    expect(both.certificates.current.confining).toEqual([]);
  });
});

describe('certificates of our own', () => {
  it('are renewed in time, for thirty years, and whoever reads what to trust is never lost', async () => {
    const { certificates, clock } = await opened();
    const end = clock.now() + 30 * YEAR;
    const leaves = new Set<string>();
    const authorities = new Set<string>();
    while (clock.now() < end) {
      const trusted = certificatesOf(certificates.current.authority);
      clock.advance(certificates.current.due + 1 - clock.now());
      await certificates.check();
      const [leaf, issuer] = certificatesOf(certificates.current.serving.certificate);
      expect(trusted.map(({ fingerprint256 }) => fingerprint256)).toContain(issuer?.fingerprint256);
      expect(leaf.validToDate.getTime() - clock.now()).toBeGreaterThan(DAY / 2);
      expect(certificates.current.due).toBeGreaterThan(clock.now());
      leaves.add(leaf.fingerprint256);
      authorities.add(issuer?.fingerprint256 ?? '');
    }
    expect(leaves.size).toBeGreaterThan(30);
    expect(authorities.size).toBe(4);
  });

  it('are shown to new connections when time passes, without anybody asking', async () => {
    const { certificates, door, clock, changed } = await opened();
    const before = certificates.current;
    const change = changed();
    clock.advance(before.due + 1 - clock.now());
    const after = await change;
    expect(new X509Certificate(after.serving.certificate).serialNumber).not.toBe(
      new X509Certificate(before.serving.certificate).serialNumber,
    );
    expect(await met(door)).toBe('CN=kcp');
    expect(await readFile(directory.at('apiserver.crt'), 'utf8')).toBe(after.serving.certificate);
  });

  it('keep the old authority’s signature while its successor is made known', async () => {
    const { certificates, clock } = await opened();
    const old = certificates.current.authority;
    while (certificates.current.authority === old) {
      clock.advance(certificates.current.due + 1 - clock.now());
      await certificates.check();
    }
    expect(certificatesOf(certificates.current.authority)).toHaveLength(2);
    const [leaf] = certificatesOf(certificates.current.serving.certificate);
    expect(leaf.verify(certificatesOf(old)[0].publicKey)).toBe(true);
  });

  it('stop with the server: no timer is left, and a look under way is waited for', async () => {
    const { certificates, clock } = await opened();
    const look = certificates.check();
    await certificates[Symbol.asyncDispose]();
    await look;
    expect(clock.timers).toBe(0);
    await certificates.check();
    expect(clock.timers).toBe(0);
  });

  it('are kept in a folder of their own where one is named', async () => {
    await opened({ certDir: at('pki') });
    expect(await readFile(at('pki/apiserver.crt'), 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
