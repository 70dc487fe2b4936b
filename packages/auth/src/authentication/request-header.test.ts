import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate, type KeyPair } from '../pki/certificate.ts';
import { isIdentityHeader, requestHeader, requestHeaderNames } from './request-header.ts';

const times = { notBefore: Date.UTC(2030, 0, 1), notAfter: Date.UTC(2030, 0, 2) };
const names = {
  username: ['X-Remote-User', 'X-Alt-User'],
  uid: ['X-Remote-Uid'],
  group: ['X-Remote-Group', 'X-More'],
  extraPrefix: ['X-Remote-Extra-'],
};
const headers = (...lines: [string, string][]) => ({ headers: () => lines });
let authority: KeyPair;
let certificate: Uint8Array;

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'ca', ...times });
  certificate = new X509Certificate(
    (await issueCertificate({ authority, usage: 'client', commonName: 'proxy', ...times })).certificate,
  ).raw;
});
const ask = (
  lines: [string, string][],
  options: { trusted?: boolean; allowedNames?: string[]; shown?: Uint8Array } = {},
) => {
  const { trusted = true, allowedNames = [], shown = certificate } = options;
  const authenticate = requestHeader({ names, fromProxy: () => trusted, allowedNames });
  return authenticate({
    token: undefined,
    certificate: shown,
    peer: { certificate: shown },
    request: headers(...lines),
  });
};

describe('what a proxy states', () => {
  it('has the first name with a value, all groups, and extras with decoded keys', () => {
    expect(
      ask([
        ['x-alt-user', 'second'],
        ['x-remote-user', ''],
        ['x-more', 'c'],
        ['x-remote-group', 'a'],
        ['x-remote-group', ''],
        ['x-remote-group', 'b, with comma'],
        ['x-remote-extra-acme.io%2fa', '1'],
        ['x-remote-extra-acme.io%2fa', '2'],
        ['x-remote-extra-__proto__', 'x'],
        ['x-remote-extra-bad%2', 'y'],
      ]),
    ).toEqual({
      kind: 'authenticated',
      user: {
        name: 'second',
        uid: '',
        groups: ['a', 'b, with comma', 'c'],
        extra: Object.fromEntries([
          ['acme.io/a', ['1', '2']],
          ['__proto__', ['x']],
          ['bad%2', ['y']],
        ]),
      },
    });
  });
  it('is nothing without a name, or without trust', () => {
    expect(ask([['x-remote-group', 'system:masters']])).toEqual({ kind: 'none' });
    expect(ask([['x-remote-user', 'jane']], { trusted: false })).toEqual({ kind: 'none' });
  });
  it('counts from allowed names only, and from certificates of clients', async () => {
    expect(ask([['x-remote-user', 'jane']], { allowedNames: ['proxy'] })).toMatchObject({ kind: 'authenticated' });
    expect(ask([['x-remote-user', 'jane']], { allowedNames: ['other'] })).toEqual({
      kind: 'refused',
      why: 'x509: subject with cn=proxy is not in the allowed list',
    });
    const server = await issueCertificate({
      authority,
      usage: 'server',
      commonName: 'proxy',
      hosts: ['proxy'],
      ...times,
    });
    expect(ask([['x-remote-user', 'jane']], { shown: new X509Certificate(server.certificate).raw })).toMatchObject({
      kind: 'refused',
    });
  });
});

describe('names of headers', () => {
  it('may not be empty', () => {
    expect(() => requestHeaderNames({ ...names, group: [' '] })).toThrow('empty header " "');
  });
  it('tell what is for authentication only', () => {
    const hidden = isIdentityHeader(names);
    for (const name of ['x-remote-user', 'x-alt-user', 'x-remote-uid', 'x-more', 'x-remote-extra-', 'x-remote-extra-a'])
      expect(hidden(name)).toBe(true);
    for (const name of ['x-remote', 'accept', 'impersonate-user', 'x-remote-extra']) expect(hidden(name)).toBe(false);
  });
});
