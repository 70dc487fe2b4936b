import { describe, expect, it } from '@jest/globals';
import { compactRules, describeRule, quotedList } from './describe-rules.ts';

describe('a rule on one line', () => {
  it('names what it has, in kube’s order', () => {
    expect(
      describeRule({ verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'], resourceNames: ['x'] }),
    ).toBe('{APIGroups:[""], Resources:["secrets"], ResourceNames:["x"], Verbs:["get" "list"]}');
    expect(describeRule({ verbs: ['get'], nonResourceURLs: ['/a'] })).toBe('{NonResourceURLs:["/a"], Verbs:["get"]}');
    expect(describeRule({ verbs: [] })).toBe('{}');
  });
  it('quotes as Go does', () => {
    expect(quotedList(['a"b', ''])).toBe('["a\\"b" ""]');
    expect(quotedList([])).toBe('[]');
  });
});

describe('compact rules', () => {
  it('have the verbs of the same simple resource together', () => {
    const on = (verb: string, resource = 'a') => ({ verbs: [verb], apiGroups: [''], resources: [resource] });
    const named = { ...on('get'), resourceNames: ['n'] };
    const path = { verbs: ['get'], nonResourceURLs: ['/'] };
    expect(compactRules([on('get'), named, on('list'), path, on('get', 'b')])).toEqual([
      named,
      path,
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['a'] },
      on('get', 'b'),
    ]);
  });
});
