import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import { compileRules, questionOf, ruleAllows } from './compiled-rule.ts';
import type { PolicyRule } from './objects.ts';

const base = { user: { name: 'u', uid: '', groups: [], extra: {} }, cluster: root, verb: 'get' };
const allows = (rule: PolicyRule, attributes: object): boolean => {
  const on = { group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'ns', name: 'n' };
  const question = questionOf({ ...base, kind: 'resource', ...on, ...attributes });
  return compileRules([rule]).some((compiled) => ruleAllows(compiled, question));
};
const allowsPath = (urls: readonly string[], path: string, verb = 'get'): boolean => {
  const question = questionOf({ ...base, kind: 'path', verb, path });
  return compileRules([{ verbs: ['get'], nonResourceURLs: urls }]).some((compiled) => ruleAllows(compiled, question));
};
const rule = (changes: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [''],
  resources: ['pods'],
  ...changes,
});

describe('a rule about resources', () => {
  it.each<[string, Partial<PolicyRule>, object, boolean]>([
    ['what it names', {}, {}, true],
    ['another verb', {}, { verb: 'list' }, false],
    ['any verb', { verbs: ['*'] }, { verb: 'whatever' }, true],
    ['the verb * itself, which some do not give', { verbs: ['get', 'list'] }, { verb: '*' }, false],
    ['another group', {}, { group: 'apps' }, false],
    ['any group', { apiGroups: ['*'] }, { group: 'apps' }, true],
    ['another resource', {}, { resource: 'secrets' }, false],
    ['any resource', { resources: ['*'] }, { resource: 'secrets' }, true],
    ['any resource, sub-resources too', { resources: ['*'] }, { subresource: 'status' }, true],
    ['a sub-resource of what it names', {}, { subresource: 'log' }, false],
    ['a sub-resource that it names', { resources: ['pods/log'] }, { subresource: 'log' }, true],
    ['the resource of a sub-resource', { resources: ['pods/log'] }, {}, false],
    ['a sub-resource of any', { resources: ['*/scale'] }, { resource: 'x', subresource: 'scale' }, true],
    ['another sub-resource of any', { resources: ['*/scale'] }, { resource: 'x', subresource: 'status' }, false],
    ['no sub-resource where any parent is named', { resources: ['*/scale'] }, { resource: 'scale' }, false],
    ['a parent with a star', { resources: ['pods/*'] }, { subresource: 'log' }, false],
    ['a name', { resourceNames: ['n', 'm'] }, {}, true],
    ['another name', { resourceNames: ['m'] }, {}, false],
    ['no name', { resourceNames: ['n'] }, { name: '' }, false],
    ['nothing', { resources: [] }, {}, false],
    ['no verbs', { verbs: [] }, {}, false],
  ])('about %s', (_, changes, attributes, allowed) => {
    expect(allows(rule(changes), attributes)).toBe(allowed);
  });
  it('says nothing of paths', () => {
    expect(
      compileRules([rule({ verbs: ['*'], resources: ['*'] })]).some((one) =>
        ruleAllows(one, { kind: 'path', verb: 'get', path: '/' }),
      ),
    ).toBe(false);
  });
});

describe('a rule about paths', () => {
  it.each([
    [['/exact'], '/exact', true],
    [['/exact'], '/exact/more', false],
    [['/paths/*'], '/paths/deep/er', true],
    [['/paths/*'], '/paths/', true],
    [['/paths/*'], '/paths', false],
    [['/paths*'], '/paths', true],
    [['*'], '/', true],
    [['/a*b'], '/axb', false],
    [['/a**'], '/ab', true],
    [[], '/', false],
  ])('%j about %s: %j', (urls, path, allowed) => {
    expect(allowsPath(urls, path)).toBe(allowed);
  });
  it('has its verbs, and says nothing of resources', () => {
    expect(allowsPath(['*'], '/', 'post')).toBe(false);
    expect(allows({ verbs: ['*'], nonResourceURLs: ['*'] }, {})).toBe(false);
  });
});

describe('compiling', () => {
  it('happens once for a list of rules', () => {
    const rules = [rule()];
    expect(compileRules(rules)).toBe(compileRules(rules));
  });
});
