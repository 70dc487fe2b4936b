import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate } from '@kcp/auth';
import { RootDirectory } from '../root-directory.ts';
import { ownAuthority, SERVING_AUTHORITY, type Authority } from './own-authority.ts';
import { ownServing } from './own-serving.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const start = Date.UTC(2030, 0, 1);
const files = { certificate: 'apiserver.crt', key: 'apiserver.key' };
let folder = '';
let directory: RootDirectory;
let authority: Authority;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-serving-'));
  directory = await RootDirectory.open(folder);
  authority = await ownAuthority(directory, SERVING_AUTHORITY, start);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const look = async (now: number, hosts: readonly string[] = ['localhost', '127.0.0.1']) => {
  const serving = await ownServing(directory, { files, authority, hosts, now, repairs: true });
  return { ...serving, leaf: new X509Certificate(serving.pair.certificate) };
};

describe('a serving certificate of our own', () => {
  it('is made for the hosts, with the authority behind it, in files for their owner only', async () => {
    const { leaf, pair, authority: shown, due } = await look(start);
    expect([leaf.checkHost('localhost'), leaf.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
    expect(pair.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(shown).toBe(authority.trusted);
    expect(due).toBe(start + 335 * DAY);
    for (const file of Object.values(files)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it('stays until it is due, then is another', async () => {
    const first = await look(start);
    expect((await look(first.due - 1)).leaf.serialNumber).toBe(first.leaf.serialNumber);
    const second = await look(first.due);
    expect(second.leaf.serialNumber).not.toBe(first.leaf.serialNumber);
    expect(second.leaf.validToDate.getTime()).toBe(first.due + YEAR);
  });

  it('is another for another host, and for another authority', async () => {
    const first = await look(start);
    const second = await look(start, ['localhost', 'kcp.example.com']);
    expect(second.leaf.checkHost('kcp.example.com')).toBe('kcp.example.com');
    expect((await look(start)).leaf.serialNumber).not.toBe(first.leaf.serialNumber);
    await rm(join(folder, 'ca.crt'));
    authority = await ownAuthority(directory, SERVING_AUTHORITY, start);
    const third = await look(start);
    expect(third.leaf.verify(new X509Certificate(authority.active.certificate).publicKey)).toBe(true);
  });

  it('never outlives its authority, and is not made anew for nothing', async () => {
    const end = new X509Certificate(authority.active.certificate).validToDate.getTime();
    const last = await look(end - 20 * DAY);
    expect(last.leaf.validToDate.getTime()).toBe(end);
    expect(last.due).toBe(Infinity);
    expect((await look(end - 10 * DAY)).leaf.serialNumber).toBe(last.leaf.serialNumber);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['another key', undefined],
  ])('is made anew where the key file holds %s', async (_what, text) => {
    const first = await look(start);
    const other = await createAuthority({ commonName: 'x', notBefore: start, notAfter: start + DAY });
    await writeFile(join(folder, 'apiserver.key'), text ?? other.privateKey);
    expect((await look(start)).leaf.serialNumber).not.toBe(first.leaf.serialNumber);
  });

  it('is not made over files that somebody is about to replace while the server runs', async () => {
    const { pair } = await look(start);
    const other = await createAuthority({ commonName: 'x', notBefore: start, notAfter: start + DAY });
    await writeFile(join(folder, 'apiserver.key'), other.privateKey);
    const running = ownServing(directory, { files, authority, hosts: [], now: start, repairs: false });
    await expect(running).rejects.toThrow(/apiserver.key holds no key that fits apiserver.crt/);
    expect(await readFile(join(folder, 'apiserver.key'), 'utf8')).toBe(other.privateKey);
    expect(await readFile(join(folder, 'apiserver.crt'), 'utf8')).toBe(pair.certificate);
  });

  it('leaves somebody else’s pair as it is, and lets clients check it by itself', async () => {
    const theirs = await createAuthority({ commonName: 'company', notBefore: start, notAfter: start + YEAR });
    const pair = await issueCertificate({
      authority: theirs,
      usage: 'server',
      commonName: 'kcp.company.example',
      hosts: ['kcp.company.example'],
      notBefore: start,
      notAfter: start + DAY,
    });
    await writeFile(join(folder, 'apiserver.crt'), pair.certificate);
    await writeFile(join(folder, 'apiserver.key'), pair.privateKey);
    const found = await look(start + 300 * DAY);
    expect(found.pair.certificate).toBe(pair.certificate);
    expect([found.authority, found.due]).toEqual([pair.certificate, Infinity]);
    expect(await readFile(join(folder, 'apiserver.crt'), 'utf8')).toBe(pair.certificate);
    await rm(join(folder, 'apiserver.key'));
    await expect(look(start)).rejects.toThrow(/holds no key that fits/);
    expect(await readFile(join(folder, 'apiserver.crt'), 'utf8')).toBe(pair.certificate);
  });
});
