import { describe, expect, it } from '@jest/globals';
import {
  isConfigMapKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isPathSegment,
  isQualifiedName,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  regexMessage,
} from './name-validation.ts';

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const KEY_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe('names', () => {
  it('DNS-1123 subdomains', () => {
    expect(isDns1123Subdomain('a.b-c.1')).toEqual([]);
    expect(isDns1123Subdomain('a'.repeat(253))).toEqual([]);
    expect(isDns1123Subdomain('a'.repeat(254))).toEqual(['must be no more than 253 characters']);
    for (const name of ['', 'Upper', 'a_b', 'a-', '.a', 'a..b', 'a/b', 'a%b', 'a b', 'ä', 'a\n']) {
      expect(isDns1123Subdomain(name)).toEqual([SUBDOMAIN_RULE]);
    }
  });

  it('DNS-1123 labels', () => {
    expect(isDns1123Label('1-a')).toEqual([]);
    expect(isDns1123Label('a.b')).toEqual(['must not contain dots']);
    expect(isDns1123Label('-a')).toEqual([LABEL_RULE]);
    expect(isDns1123Label('a'.repeat(64))).toEqual(['must be no more than 63 characters']);
    expect(isDns1123Label('A'.repeat(64))).toEqual(['must be no more than 63 characters', LABEL_RULE]);
  });

  it('DNS-1035 labels', () => {
    expect(isDns1035Label('a-1')).toEqual([]);
    expect(isDns1035Label('1a')).toEqual([
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ]);
  });

  it('path segments', () => {
    expect(isPathSegment('system:a b')).toEqual([]);
    expect(isPathSegment('..')).toEqual(["may not be '..'"]);
    expect(isPathSegment('.', true)).toEqual([]);
    expect(isPathSegment('a/%')).toEqual(["may not contain '/'", "may not contain '%'"]);
  });

  it('qualified names', () => {
    for (const name of ['a', 'A_b.c-1', 'example.com/A']) expect(isQualifiedName(name)).toEqual([]);
    expect(isQualifiedName('')).toEqual(['name part must be non-empty', `name part ${KEY_RULE}`]);
    expect(isQualifiedName('/a')).toEqual(['prefix part must be non-empty']);
    expect(isQualifiedName('a/')).toEqual(['name part must be non-empty', `name part ${KEY_RULE}`]);
    expect(isQualifiedName('Example.com/a')).toEqual([`prefix part ${SUBDOMAIN_RULE}`]);
    expect(isQualifiedName('l'.repeat(64))).toEqual(['name part must be no more than 63 bytes']);
    expect(isQualifiedName(`${'p'.repeat(254)}/a`)).toEqual(['prefix part must be no more than 253 bytes']);
    expect(isQualifiedName('a/b/c')).toEqual([
      `a valid label key ${KEY_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]);
  });

  it('label values, measured in bytes', () => {
    for (const value of ['', 'A', 'a.b_c-1', 'v'.repeat(63)]) expect(isLabelValue(value)).toEqual([]);
    expect(isLabelValue('v'.repeat(64))).toEqual(['must be no more than 63 bytes']);
    expect(isLabelValue('b.')).toHaveLength(1);
    expect(isLabelValue('é'.repeat(32))).toHaveLength(2);
  });

  it('keys of config maps', () => {
    expect(isConfigMapKey('a_B.c-1')).toEqual([]);
    expect(isConfigMapKey('..')).toEqual(["must not be '..'"]);
    expect(isConfigMapKey('..a')).toEqual(["must not start with '..'"]);
    expect(isConfigMapKey('a b')).toEqual([
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ]);
  });

  it('a base for generated names may end with a dash', () => {
    for (const rule of [nameIsDnsSubdomain, nameIsDnsLabel, nameIsDns1035Label]) {
      expect(rule('gen-', true)).toEqual([]);
      expect(rule('gen-')).toHaveLength(1);
      expect(rule('gen_', true)).toHaveLength(1);
      expect(rule('-', true)).toHaveLength(1);
    }
  });

  it('a rule without examples', () => {
    expect(regexMessage('is bad', 'a+')).toBe("is bad (regex used for validation is 'a+')");
  });
});
