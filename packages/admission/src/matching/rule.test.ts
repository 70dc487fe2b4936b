import { describe, expect, it } from '@jest/globals';
import { admissionAttributes } from '../testing/admission-attributes.ts';
import { decodeRule, decodeRules, matchesRule } from './rule.ts';

const all = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
const namespaces = { group: '', version: 'v1', resource: 'namespaces' };

function matches(rule: object, request: Parameters<typeof admissionAttributes>[0] = {}): boolean {
  return matchesRule(decodeRule({ ...all, ...rule }), admissionAttributes(request));
}

describe('rules', () => {
  it.each([
    [{ operations: ['CREATE'] }, true],
    [{ operations: ['UPDATE', 'DELETE'] }, false],
    [{ apiGroups: [''] }, true],
    [{ apiGroups: ['apps'] }, false],
    [{ apiVersions: ['v1'] }, true],
    [{ apiVersions: ['v2'] }, false],
    [{ resources: ['configmaps'] }, true],
    [{ resources: ['configmaps/*'] }, true],
    [{ resources: ['*'] }, true],
    [{ resources: ['secrets', '*/status'] }, false],
    [{ scope: 'Namespaced' }, true],
    [{ scope: 'Cluster' }, false],
    [{ scope: 'Elsewhere' }, false],
    [{ resourceNames: ['late'] }, true],
    [{ resourceNames: ['early'] }, false],
  ])('%j: %s for the creation of a config map', (rule, expected) => {
    expect(matches(rule)).toBe(expected);
  });

  it.each([
    ['configmaps', false],
    ['*', false],
    ['configmaps/status', true],
    ['*/status', true],
    ['configmaps/*', true],
    ['*/*', true],
    ['*/scale', false],
  ])('%s: %s for the status of a config map', (resource, expected) => {
    expect(matches({ resources: [resource] }, { subresource: 'status' })).toBe(expected);
  });

  it('take a namespace for something of the cluster, although it is asked for with its name as namespace', () => {
    expect(matches({ scope: 'Cluster' }, { resource: namespaces, namespace: 'n', name: 'n' })).toBe(true);
    expect(matches({ scope: 'Namespaced' }, { resource: namespaces, namespace: 'n', name: 'n' })).toBe(false);
  });

  it('find the name of one of a deleted collection in the object', () => {
    const oldObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old' } };
    const { object: _, ...request } = admissionAttributes({ operation: 'DELETE', name: '', oldObject });
    expect(matchesRule(decodeRule({ ...all, resourceNames: ['old'] }), request)).toBe(true);
  });

  it('match nothing where they say nothing, and survive what is no rule', () => {
    expect(matchesRule(decodeRule({}), admissionAttributes())).toBe(false);
    expect(decodeRules({ rules: [3, { operations: 'x' }] }, 'rules')).toEqual([
      { operations: [], apiGroups: [], apiVersions: [], resources: [], scope: '*', resourceNames: [] },
    ]);
    expect(decodeRules({}, 'rules')).toEqual([]);
  });
});
