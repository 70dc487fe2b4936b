import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { Attributes } from '../authorizer.ts';
import { forbiddenError, forbiddenMessage } from './forbidden.ts';

const user = { name: 'x', uid: '', groups: [], extra: {} };
const on = {
  kind: 'resource',
  user,
  cluster: root,
  verb: 'list',
  group: '',
  version: 'v1',
  resource: 'configmaps',
  subresource: '',
  namespace: '',
  name: '',
} as const;

describe('a refusal', () => {
  it.each<[Partial<typeof on> | object, string]>([
    [
      {},
      'configmaps is forbidden: User "x" cannot list resource "configmaps" in API group "" at the cluster scope: access denied',
    ],
    [
      { namespace: 'd' },
      'configmaps is forbidden: User "x" cannot list resource "configmaps" in API group "" in the namespace "d": access denied',
    ],
    [
      { verb: 'update', group: 'g.io', resource: 'widgets', subresource: 'status', namespace: 'd', name: 'w' },
      'widgets.g.io "w" is forbidden: User "x" cannot update resource "widgets/status" in API group "g.io" in the namespace "d": access denied',
    ],
    [
      { user: { ...user, name: '<b>&"' } },
      'configmaps is forbidden: User "&lt;b&gt;&amp;\\"" cannot list resource "configmaps" in API group "" at the cluster scope: access denied',
    ],
  ])('of a resource request says what and where: %j', (changes, message) => {
    const attributes: Attributes = { ...on, ...changes };
    expect(forbiddenError(attributes, 'access denied')).toMatchObject({ code: 403, reason: 'Forbidden', message });
  });
  it('has details of the resource', () => {
    expect(forbiddenError({ ...on, group: 'g.io', name: 'n' }, '').details).toEqual({
      group: 'g.io',
      kind: 'configmaps',
      name: 'n',
    });
  });
  it('of a path names it, without details', () => {
    const attributes: Attributes = { kind: 'path', user, cluster: root, verb: 'get', path: '/api' };
    const error = forbiddenError(attributes, 'access denied');
    expect(error.message).toBe('forbidden: User "x" cannot get path "/api": access denied');
    expect(error.details).toEqual({});
  });
  it('may have no reason', () => {
    expect(forbiddenMessage(on, '')).toBe(
      'User "x" cannot list resource "configmaps" in API group "" at the cluster scope',
    );
  });
});
