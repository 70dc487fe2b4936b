import { describe, expect, it } from '@jest/globals';
import { parseJson } from '@kcp/api-machinery';
import { isObject } from '@kcp/api-machinery';
import { decodeBinding, decodeRole } from './decode.ts';

const object = (text: string) => {
  const value = parseJson(text);
  return isObject(value) ? value : {};
};

describe('a stored role', () => {
  it('is read with its labels, rules and selectors', () => {
    const role = decodeRole({
      metadata: { name: 'r', labels: { a: 'b' } },
      rules: [
        { verbs: ['get'], apiGroups: [''], resources: ['x'], resourceNames: [] },
        { verbs: ['get'], nonResourceURLs: ['/'] },
      ],
      aggregationRule: {
        clusterRoleSelectors: [
          { matchLabels: { x: 'y' } },
          { matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] },
        ],
      },
    });
    expect(role).toEqual({
      name: 'r',
      labels: { a: 'b' },
      rules: [
        { verbs: ['get'], apiGroups: [''], resources: ['x'] },
        { verbs: ['get'], nonResourceURLs: ['/'] },
      ],
      aggregation: [
        { matchLabels: { x: 'y' }, matchExpressions: [] },
        { matchLabels: {}, matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] },
      ],
    });
  });
  it('may have null rules', () => {
    expect(decodeRole({ metadata: { name: 'r' }, rules: null })).toEqual({ name: 'r', labels: {}, rules: [] });
  });
  it('gives nothing by what cannot be read', () => {
    const role = decodeRole({ metadata: 5, rules: [5, null, { verbs: '*' }, { verbs: ['get', 5], resources: {} }] });
    expect(role).toEqual({ name: '', labels: {}, rules: [{ verbs: [] }, { verbs: ['get'] }] });
  });
  it('may have labels that are named like JavaScript’s own', () => {
    const role = decodeRole(object('{"metadata":{"labels":{"__proto__":"x","constructor":"y"}}}'));
    expect(Object.entries(role.labels)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('a stored binding', () => {
  it('is read with its namespace, subjects and role', () => {
    const binding = decodeBinding({
      metadata: { name: 'b', namespace: 'ns' },
      subjects: [
        { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'ServiceAccount', name: 's', namespace: 'x' },
      ],
      roleRef: { kind: 'Role', name: 'r', apiGroup: 'rbac.authorization.k8s.io' },
    });
    expect(binding).toEqual({
      name: 'b',
      namespace: 'ns',
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'x' },
      ],
      roleRef: { kind: 'Role', name: 'r' },
    });
  });
  it('may have no subjects, or nothing', () => {
    expect(decodeBinding({ subjects: null })).toEqual({ name: '', subjects: [], roleRef: { kind: '', name: '' } });
  });
});
