import { describe, expect, it } from '@jest/globals';
import { parseJson, type Json, type JsonObject } from '@kcp/api-machinery';
import { userOfClaims } from './claims-to-user.ts';
import { decodeAuthenticationConfiguration } from './decode-configuration.ts';
import { flagConfiguration } from './flag-configuration.ts';
import { checkAuthenticationConfiguration } from './validate-configuration.ts';

const base = { issuer: { url: 'https://a.example', audiences: ['x'] } };
const plan = (jwt: object) => {
  const value: Json = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: [{ ...base, ...jwt }],
  };
  const { errors, plans } = checkAuthenticationConfiguration(decodeAuthenticationConfiguration(value), []);
  expect(errors).toEqual([]);
  const [first] = plans;
  if (!first) throw new Error('no plan');
  return first;
};
const user = (jwt: object, claims: JsonObject) => userOfClaims(claims, plan(jwt));
const username = (mapping: object, claims: JsonObject) => user({ claimMappings: { username: mapping } }, claims).name;
const sub = { username: { claim: 'sub', prefix: '' } };

describe('a user name', () => {
  it('is a claim with a prefix', () => {
    expect(username({ claim: 'sub', prefix: 'a:' }, { sub: 'jane' })).toBe('a:jane');
    expect(() => username({ claim: 'sub', prefix: '' }, {})).toThrow(
      'oidc: parse username claims "sub": claim not present',
    );
    expect(() => username({ claim: 'sub', prefix: '' }, { sub: 7 })).toThrow('it is no string');
  });
  it('that is an address must be a verified one, if that is said at all', () => {
    const mapping = { claim: 'email', prefix: '' };
    expect(username(mapping, { email: 'j@x' })).toBe('j@x');
    expect(username(mapping, { email: 'j@x', email_verified: true })).toBe('j@x');
    expect(() => username(mapping, { email: 'j@x', email_verified: false })).toThrow('oidc: email not verified');
    expect(() => username(mapping, { email: 'j@x', email_verified: 'true' })).toThrow("parse 'email_verified' claim");
  });
  it('is what an expression says, if that is a text', () => {
    expect(username({ expression: "claims.a.b + '@' + claims.c[1]" }, { a: { b: 'j' }, c: ['x', 'y'] })).toBe('j@y');
    expect(username({ expression: 'claims.example__dot__com__slash__id' }, { 'example.com/id': 'j' })).toBe('j');
    expect(() => username({ expression: 'claims.a' }, { a: '' })).toThrow(
      'empty username via CEL expression is not allowed',
    );
    expect(() => username({ expression: 'claims.a' }, { a: 7 })).toThrow(
      'username claim expression must return a string',
    );
    expect(() => username({ expression: 'claims.a' }, {})).toThrow(
      "expression 'claims.a' resulted in error: no such key: a",
    );
  });
  it('of --oidc flags is told apart by its issuer, except an address', () => {
    const prefix = (flags: object) =>
      flagConfiguration({ issuerUrl: 'https://i', clientId: 'c', ...flags }).jwt[0]?.claimMappings.username.prefix;
    expect(prefix({})).toBe('https://i#');
    expect(prefix({ usernameClaim: 'email' })).toBe('');
    expect(prefix({ usernamePrefix: '-' })).toBe('');
    expect(prefix({ usernamePrefix: 'p:', usernameClaim: 'email' })).toBe('p:');
  });
});

describe('groups', () => {
  const groups = (mapping: object, claims: JsonObject) =>
    user({ claimMappings: { ...sub, groups: mapping } }, { sub: 'j', ...claims }).groups;
  it('are a claim with one text or several', () => {
    const mapping = { claim: 'roles', prefix: 'o:' };
    expect(groups(mapping, { roles: 'a' })).toEqual(['o:a']);
    expect(groups(mapping, { roles: ['a', 'b'] })).toEqual(['o:a', 'o:b']);
    expect(groups(mapping, {})).toEqual([]);
    expect(() => groups(mapping, { roles: [1] })).toThrow('parse groups claim "roles"');
    expect(() => groups(mapping, { roles: {} })).toThrow('parse groups claim "roles"');
  });
  it('are what an expression says, without empty ones', () => {
    expect(groups({ expression: 'claims.roles.map(r, "x:" + r)' }, { roles: ['a', 'b'] })).toEqual(['x:a', 'x:b']);
    expect(groups({ expression: 'claims.roles' }, { roles: ['a', ''] })).toEqual(['a']);
    expect(groups({ expression: 'claims.roles' }, { roles: null })).toEqual([]);
    expect(() => groups({ expression: 'claims.roles' }, { roles: [1] })).toThrow(
      'expression must return a string or a list of strings',
    );
  });
});

describe('uid and extras', () => {
  it('come from claims and expressions; the token’s id is one', () => {
    const claimMappings = {
      ...sub,
      uid: { expression: 'claims.oid' },
      extra: [
        { key: 'a.io/t', valueExpression: 'claims.t' },
        { key: 'a.io/none', valueExpression: "''" },
      ],
    };
    expect(user({ claimMappings }, { sub: 'j', oid: '7', t: ['x', 'y'], jti: 'id' })).toEqual({
      name: 'j',
      uid: '7',
      groups: [],
      extra: { 'authentication.kubernetes.io/credential-id': ['JTI=id'], 'a.io/t': ['x', 'y'] },
    });
    expect(() => user({ claimMappings }, { sub: 'j', oid: 7 })).toThrow('uid claim expression must return a string');
  });
  it('that nobody defined are not there, whatever a claim is called', () => {
    const claims = parseJson('{"sub":"j","__proto__":{"groups":["system:masters"]},"constructor":"x"}') as JsonObject;
    expect(user({ claimMappings: { ...sub, groups: { claim: 'groups', prefix: '' } } }, claims)).toEqual({
      name: 'j',
      uid: '',
      groups: [],
      extra: {},
    });
  });
});

describe('rules', () => {
  it('about claims must hold', () => {
    const rule = (...claimValidationRules: object[]) => ({ claimMappings: sub, claimValidationRules });
    expect(user(rule({ claim: 'hd', requiredValue: 'x' }), { sub: 'j', hd: 'x' }).name).toBe('j');
    expect(() => user(rule({ claim: 'hd', requiredValue: 'x' }), { sub: 'j' })).toThrow(
      'oidc: required claim hd not present in ID token',
    );
    expect(() => user(rule({ claim: 'hd', requiredValue: 'x' }), { sub: 'j', hd: 'y' })).toThrow('Got = y, want = x');
    expect(() => user(rule({ claim: 'hd', requiredValue: 'true' }), { sub: 'j', hd: true })).toThrow('parse claim hd');
    const long = rule({ expression: 'claims.exp - claims.nbf <= 86400', message: 'too long' });
    expect(user(long, { sub: 'j', exp: 100, nbf: 1 }).name).toBe('j');
    expect(() => user(long, { sub: 'j', exp: 100_000, nbf: 1 })).toThrow(
      "'claims.exp - claims.nbf <= 86400' failed: too long",
    );
  });
  it('about the user see what came out', () => {
    const claimMappings = { username: { claim: 'sub', prefix: 'x:' }, groups: { claim: 'g', prefix: '' } };
    const rule = (expression: string) => ({ claimMappings, userValidationRules: [{ expression, message: 'no' }] });
    expect(user(rule("user.username == 'x:j' && size(user.groups) == 1"), { sub: 'j', g: ['a'] }).name).toBe('x:j');
    expect(() =>
      user(rule("!user.groups.exists(g, g.startsWith('system:'))"), { sub: 'j', g: ['system:masters'] }),
    ).toThrow('error evaluating user info validation rule');
  });
  it('may not run for ever', () => {
    const big = Array.from({ length: 2000 }, (_, at) => at);
    const costly = {
      claimMappings: sub,
      claimValidationRules: [{ expression: 'claims.a.all(x, claims.a.all(y, x + y >= 0.0))' }],
    };
    expect(() => user(costly, { sub: 'j', a: big })).toThrow('cost');
  });
});
