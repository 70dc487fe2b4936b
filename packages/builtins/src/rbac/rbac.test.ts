import { describe, expect, it } from '@jest/globals';
import { context, createErrors, prepared, updateErrors } from '../testing/context.ts';
import { clusterRoleBindings, roleBindings } from './role-binding.ts';
import { clusterRoles, roles } from './role.ts';

const guard = {
  authorize: () => ({ kind: 'noOpinion', reason: '' }) as const,
  rbac: {
    authorize: () => ({ kind: 'noOpinion', reason: '' }) as const,
    rulesFor: () => ({ rules: [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }], problems: [] }),
    rulesOf: () => [{ verbs: ['*'], apiGroups: [''], resources: ['secrets'] }],
  },
};
const role = roles(guard);
const clusterRole = clusterRoles(guard);
const binding = roleBindings(guard);
const group = 'rbac.authorization.k8s.io';
const rule = { verbs: ['get'], apiGroups: [''], resources: ['configmaps'] };

describe('roles', () => {
  it.each([
    [{ apiGroups: [''], resources: ['a'] }, ['rules[0].verbs: Required value: verbs must contain at least one value']],
    [
      { verbs: ['get'], resources: ['a'] },
      ['rules[0].apiGroups: Required value: resource rules must supply at least one api group'],
    ],
    [
      { verbs: ['get'], apiGroups: [''] },
      ['rules[0].resources: Required value: resource rules must supply at least one resource'],
    ],
    [
      { ...rule, nonResourceURLs: ['/'] },
      [
        'rules[0].nonResourceURLs: Invalid value: ["/"]: namespaced rules cannot apply to non-resource URLs',
        'rules[0].nonResourceURLs: Invalid value: ["/"]: rules cannot apply to both regular resources and non-resource URLs',
      ],
    ],
  ])('with the rule %j', (given, errors) => {
    expect(createErrors(role, { rules: [given] })).toEqual(errors);
  });

  it('of the cluster may name paths, and select others by well-formed selectors', () => {
    expect(createErrors(clusterRole, { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] })).toEqual([]);
    const path = 'aggregationRule.clusterRoleSelectors';
    expect(createErrors(clusterRole, { aggregationRule: {} })).toEqual([
      `${path}: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil`,
    ]);
    const clusterRoleSelectors = [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }];
    expect(createErrors(clusterRole, { aggregationRule: { clusterRoleSelectors } })).toEqual([
      `${path}[0].matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator`,
      `${path}[0]: Invalid value: null: invalid label selector.`,
    ]);
  });

  it.each([
    ['System:A b_c!', 0],
    ['a/b', 1],
    ['a%b', 1],
    ['..', 1],
  ])('may be called %s: %d errors', (name, count) => {
    expect(role.strategy.nameErrors(name, false)).toHaveLength(count);
  });

  it('may give what the writer has, and no more', async () => {
    const user = { name: 'eve', uid: '', groups: [], extra: {} };
    const own = prepared(role, { rules: [rule] });
    await expect(role.strategy.authorizeCreate?.(own, { ...context, user })).resolves.toBeUndefined();
    const more = prepared(role, { rules: [{ ...rule, resources: ['secrets'] }] });
    await expect(role.strategy.authorizeCreate?.(more, { ...context, user })).rejects.toThrow(
      'roles.rbac.authorization.k8s.io "x" is forbidden: user "eve" (groups=[]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    );
    const leaving = { ...more, metadata: { ...more.metadata, finalizers: ['a/b'] } };
    await expect(role.strategy.authorizeUpdate?.(leaving, more, { ...context, user })).resolves.toBeUndefined();
  });
});

describe('bindings', () => {
  const roleRef = { kind: 'Role', name: 'r' };

  it('get the API group of the role and of users and groups', () => {
    const subjects = [
      { kind: 'User', name: 'u' },
      { kind: 'ServiceAccount', name: 's' },
    ];
    expect(prepared(binding, { roleRef, subjects })).toMatchObject({
      roleRef: { ...roleRef, apiGroup: group },
      subjects: [
        { kind: 'User', name: 'u', apiGroup: group },
        { kind: 'ServiceAccount', name: 's' },
      ],
    });
    expect('subjects' in prepared(binding, { roleRef, subjects: [] })).toBe(false);
  });

  it.each([
    [
      {},
      ['roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"', 'roleRef.name: Required value'],
    ],
    [{ roleRef: { ...roleRef, name: 'a/b' } }, ['roleRef.name: Invalid value: "a/b": may not contain \'/\'']],
    [{ roleRef, subjects: [{ kind: 'User', name: '' }] }, ['subjects[0].name: Required value']],
    [
      { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's', apiGroup: group }] },
      [`subjects[0].apiGroup: Unsupported value: "${group}": supported values: ""`],
    ],
    [
      { roleRef, subjects: [{ kind: 'Robot', name: 'x' }] },
      ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
    ],
  ])('with %j', (fields, errors) => {
    expect(createErrors(binding, fields)).toEqual(errors);
  });

  it('of the cluster bind cluster roles only, and accounts with their namespace', () => {
    const fields = { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's' }] };
    expect(createErrors(clusterRoleBindings(guard), fields)).toEqual([
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'subjects[0].namespace: Required value',
    ]);
  });

  it('never change their role', () => {
    const next = prepared(binding, { roleRef: { ...roleRef, name: 'other' } });
    expect(updateErrors(binding.strategy, next, prepared(binding, { roleRef }))).toEqual([
      `roleRef: Invalid value: {"APIGroup":"${group}","Kind":"Role","Name":"other"}: cannot change roleRef`,
    ]);
  });
});
