import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import { certificateSources } from './certificate-set.ts';
import { bothOrNone, checkedCertificates, givenAuthority, givenPair } from './given-pair.ts';
import { parseSniPair, sniPairs } from './sni-pairs.ts';
import { tlsSettings } from './tls-settings.ts';

const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 };
let folder = '';
let authority: KeyPair;
const at = (name: string) => join(folder, name);

async function issued(name: string, hosts: readonly string[] = []) {
  const pair = await issueCertificate({ authority, usage: 'server', commonName: name, hosts, ...times });
  await writeFile(at(`${name}.crt`), pair.certificate);
  await writeFile(at(`${name}.key`), pair.privateKey);
  return { certFile: at(`${name}.crt`), keyFile: at(`${name}.key`) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-given-'));
  authority = await createAuthority({ commonName: 'ca', ...times });
  await writeFile(at('ca.crt'), authority.certificate);
  await writeFile(at('ca.key'), authority.privateKey);
  await writeFile(at('empty'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a pair that options name', () => {
  it('is read, whatever stands around the blocks', async () => {
    const files = await issued('a');
    await writeFile(files.keyFile, `# key\n${authority.privateKey}${(await givenPair(files)).privateKey}`);
    expect((await givenPair(files)).certificate).toContain('BEGIN CERTIFICATE');
  });

  it.each([
    ['a missing certificate', { certFile: 'none', keyFile: 'ca.key' }, /cannot read .*none: there is no such file/],
    ['a missing key', { certFile: 'ca.crt', keyFile: 'none' }, /cannot read .*none: there is no such file/],
    [
      'an empty certificate',
      { certFile: 'empty', keyFile: 'ca.key' },
      /empty: the file holds no PEM encoded certificate/,
    ],
    [
      'an empty key',
      { certFile: 'ca.crt', keyFile: 'empty' },
      /empty: the file holds no private key that fits .*ca.crt/,
    ],
    [
      'a key for a certificate',
      { certFile: 'ca.key', keyFile: 'ca.key' },
      /ca.key: the file holds no PEM encoded cert/,
    ],
  ])('with %s is refused by the name of the file', async (_what, { certFile, keyFile }, message) => {
    await expect(givenPair({ certFile: at(certFile), keyFile: at(keyFile) })).rejects.toThrow(message);
  });

  it('with another key is refused', async () => {
    const [one, two] = [await issued('one'), await issued('two')];
    await expect(givenPair({ ...one, keyFile: two.keyFile })).rejects.toThrow(/two.key: .* no private key that fits/);
  });

  it('must be an authority to sign', async () => {
    expect((await givenAuthority({ certFile: at('ca.crt'), keyFile: at('ca.key') })).certificate).toContain('BEGIN');
    await expect(givenAuthority(await issued('leaf'))).rejects.toThrow(
      /leaf.crt: the certificate is not one of an auth/,
    );
  });

  it('is whole or absent', () => {
    const names = ['--tls-cert-file', '--tls-private-key-file'] as const;
    expect(bothOrNone({}, names)).toBeUndefined();
    expect(() => bothOrNone({ certFile: 'x' }, names)).toThrow('--tls-cert-file needs --tls-private-key-file');
    expect(() => bothOrNone({ keyFile: 'x' }, names)).toThrow('--tls-private-key-file needs --tls-cert-file');
    expect(() => certificateSources({ clusterSigningKeyFile: 'x' }, [])).toThrow('--cluster-signing-key-file needs');
  });

  it('of authorities is PEM', () => {
    expect(checkedCertificates(authority.certificate)).toBe(authority.certificate);
    expect(() => checkedCertificates('x')).toThrow('the file holds no PEM encoded certificate');
    const broken = authority.certificate.replace(/M/g, 'A');
    expect(() => checkedCertificates(broken)).toThrow();
  });
});

describe('--tls-sni-cert-key', () => {
  it.each([
    ['a.crt,a.key', []],
    ['a.crt,a.key:', []],
    ['a.crt, a.key:*.Foo.com,foo.com', ['*.foo.com', 'foo.com']],
  ])('%s', (text, names) => {
    expect(parseSniPair(text)).toEqual({ certFile: 'a.crt', keyFile: 'a.key', names });
  });

  it.each(['', 'a.crt', 'a.crt,', 'a.crt,a.key,b.key', ':x.com'])('%j lacks a file', (text) => {
    expect(() => parseSniPair(text)).toThrow('expected comma separated certificate and key file paths');
  });

  it.each(['*', 'a..b', '*.*.com', '10.0.0.1', 'a b', 'x.*.com', 'a,,b'])('%j is no name', (name) => {
    expect(() => parseSniPair(`a.crt,a.key:${name}`)).toThrow(/is no domain name/);
  });

  it('without names takes those of the certificate, else its common name', async () => {
    const [many, common] = [
      await issued('many', ['A.example.com', '*.b.example.com', '10.0.0.1']),
      await issued('common.example.com'),
    ];
    const pairs = await sniPairs([many, common, { ...many, names: ['x'] }].map((files) => ({ names: [], ...files })));
    expect(pairs.map(({ names }) => names)).toEqual([
      ['a.example.com', '*.b.example.com'],
      ['common.example.com'],
      ['x'],
    ]);
  });
});

describe('TLS settings', () => {
  it('are Node’s where nothing is said', () => {
    expect(tlsSettings({})).toEqual({});
    expect(tlsSettings({ minVersion: 'VersionTLS13' })).toEqual({ minVersion: 'TLSv1.3' });
  });

  it('choose suites of TLS 1.2, and leave TLS 1.3 as it is', () => {
    const { ciphers } = tlsSettings({
      cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256'],
    });
    expect(ciphers).toBe(
      'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES256-GCM-SHA384',
    );
  });

  it('that nobody knows are refused by name', () => {
    expect(() => tlsSettings({ minVersion: 'VersionTLS10' })).toThrow('unknown tls version "VersionTLS10"');
    expect(() => tlsSettings({ cipherSuites: ['TLS_NULL'] })).toThrow(
      "Cipher suite TLS_NULL not supported or doesn't exist",
    );
  });
});
