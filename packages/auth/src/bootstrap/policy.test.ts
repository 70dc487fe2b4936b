import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import { compileRules, questionOf, ruleAllows } from '../rbac/compiled-rule.ts';
import { bootstrapPolicy } from './policy.ts';

const { clusterRoles, clusterRoleBindings } = bootstrapPolicy();
const roles = new Map(clusterRoles.map((role) => [role.name, role]));
const user = { name: 'u', uid: '', groups: [], extra: {} };
const may = (role: string, what: string): boolean => {
  const [verb = '', resource = '', group = ''] = what.split(' ');
  const [name = '', subresource = ''] = resource.split('/');
  const question = questionOf({
    kind: 'resource',
    user,
    cluster: root,
    verb,
    group,
    version: 'v1',
    resource: name,
    subresource,
    namespace: 'ns',
    name: '',
  });
  return compileRules(roles.get(role)?.rules ?? []).some((rule) => ruleAllows(rule, question));
};

describe('the bootstrap policy', () => {
  it('has each role once, and binds roles that it has', () => {
    expect(roles.size).toBe(clusterRoles.length);
    expect(new Set(clusterRoleBindings.map(({ name }) => name)).size).toBe(clusterRoleBindings.length);
    for (const { roleRef } of clusterRoleBindings) expect(roles.has(roleRef.name)).toBe(true);
  });
  it('has no role without rules, aggregated ones included', () => {
    for (const { name, rules } of clusterRoles) expect([name, rules.length > 0]).toEqual([name, true]);
  });
  it('labels its roles', () => {
    expect(roles.get('edit')?.labels).toEqual({
      'kubernetes.io/bootstrapping': 'rbac-defaults',
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
    });
  });
  it.each([
    ['get configmaps', true, true, true],
    ['get secrets', false, true, true],
    ['create configmaps', false, true, true],
    ['create secrets', false, true, true],
    ['delete serviceaccounts', false, true, true],
    ['create serviceaccounts/token', false, true, true],
    ['impersonate serviceaccounts', false, true, true],
    ['get resourcequotas', true, true, true],
    ['create resourcequotas', false, false, false],
    ['create roles rbac.authorization.k8s.io', false, false, true],
    ['create localsubjectaccessreviews authorization.k8s.io', false, false, true],
    ['list leases coordination.k8s.io', false, true, true],
    ['create events', false, true, true],
    ['list customresourcedefinitions apiextensions.k8s.io', false, false, false],
  ])('gives %s to view: %j, edit: %j, admin: %j', (what, view, edit, admin) => {
    expect([may('view', what), may('edit', what), may('admin', what)]).toEqual([view, edit, admin]);
  });
  it('gives cluster-admin everything', () => {
    expect(may('cluster-admin', 'anything at/all any.group')).toBe(true);
  });
});
