import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { root, wildcard } from '@kcp/logical-cluster';
import type { Attributes, Authorizer } from '../authorizer.ts';
import type { UserInfo } from '../user.ts';
import { asksForImpersonation, impersonate } from './impersonate.ts';

const AUTHENTICATED = 'system:authenticated';
const master: UserInfo = { name: 'admin', uid: '', groups: ['system:masters', AUTHENTICATED], extra: {} };
const actor: UserInfo = { name: 'system:serviceaccount:ns:imp', uid: '', groups: [AUTHENTICATED], extra: {} };
type Lines = readonly (readonly [string, string])[];

const request = (user: UserInfo, changes: object = {}): Attributes => ({
  kind: 'resource',
  user,
  cluster: root,
  verb: 'list',
  group: '',
  version: 'v1',
  resource: 'namespaces',
  subresource: '',
  namespace: '',
  name: '',
  ...changes,
});

/** Allows what is listed as `verb group/resource/name`, with `*` for any name; keeps what it was asked. */
function rights(...allowed: readonly string[]) {
  const asked: string[] = [];
  const authorize: Authorizer = (attributes) => {
    if (attributes.user.groups.includes('system:masters')) return { kind: 'allow', reason: '' };
    const about =
      attributes.kind === 'path'
        ? attributes.path
        : `${attributes.group}/${[attributes.resource, attributes.subresource].filter(Boolean).join('/')}/${attributes.name}`;
    const question = `${attributes.verb} ${about}`;
    asked.push(question);
    return allowed.includes(question) ? { kind: 'allow', reason: '' } : { kind: 'noOpinion', reason: 'access denied' };
  };
  return { authorize, asked };
}

const attempt = async (user: UserInfo, headers: Lines, { authorize } = rights(), changes: object = {}) => {
  try {
    return await impersonate({ headers, authorize, attributes: request(user, changes) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { code: error.code, message: error.message, details: error.details };
  }
};
const be = (name: string, ...more: Lines): Lines => [['impersonate-user', name], ...more];

describe('a request without such headers', () => {
  it('stays who it is', async () => {
    expect(asksForImpersonation([['accept', 'x']])).toBe(false);
    expect(asksForImpersonation([['impersonate-uid', '']])).toBe(true);
    expect(await attempt(actor, [['accept', 'x']])).toBeUndefined();
  });
});

describe('masters', () => {
  it.each([
    ['a user with a group', be('alice', ['impersonate-group', 'all']), ['all', AUTHENTICATED]],
    [
      'groups in their order',
      be('alice', ['impersonate-group', 'zz'], ['impersonate-group', 'aa']),
      ['zz', 'aa', AUTHENTICATED],
    ],
    [
      'an authenticated group given',
      be('alice', ['impersonate-group', AUTHENTICATED], ['impersonate-group', 'a']),
      [AUTHENTICATED, 'a'],
    ],
    [
      'somebody unauthenticated',
      be('alice', ['impersonate-group', 'system:unauthenticated']),
      ['system:unauthenticated'],
    ],
    ['anonymous', be('system:anonymous'), ['system:unauthenticated']],
    ['a master', be('alice', ['impersonate-group', 'system:masters']), ['system:masters', AUTHENTICATED]],
    [
      'a service account',
      be('system:serviceaccount:ns:robot'),
      ['system:serviceaccounts', 'system:serviceaccounts:ns', AUTHENTICATED],
    ],
    [
      'a service account with groups',
      be('system:serviceaccount:ns:robot', ['impersonate-group', 'all']),
      ['all', AUTHENTICATED],
    ],
    ['a node', be('system:node:n1'), ['system:nodes', AUTHENTICATED]],
  ])('become %s', async (_, headers, groups) => {
    expect(await attempt(master, headers)).toEqual({ name: headers[0]?.[1], uid: '', groups, extra: {} });
  });
  it('take over a uid and extras, unconfined', async () => {
    const headers = be(
      'alice',
      ['impersonate-uid', '42'],
      ['impersonate-extra-acme.com%2Fproject', 'one'],
      ['impersonate-extra-dn', 'x'],
    );
    expect(await attempt(master, headers)).toMatchObject({
      uid: '42',
      extra: { 'acme.com/project': ['one'], dn: ['x'] },
    });
    expect(await attempt(master, be('alice'), rights(), { cluster: wildcard })).toMatchObject({ name: 'alice' });
  });
  it('must name a user', async () => {
    expect(await attempt(master, [['impersonate-group', 'a']])).toMatchObject({ code: 400, details: undefined });
  });
});

describe('without rights', () => {
  const who = 'User "system:serviceaccount:ns:imp" cannot';
  it.each([
    [
      'no user',
      be('bob'),
      `namespaces is forbidden: ${who} impersonate-on:user-info:list resource "namespaces" in API group "" at the cluster scope: access denied`,
    ],
    [
      'no service account',
      be('system:serviceaccount:default:default'),
      `namespaces is forbidden: ${who} impersonate-on:serviceaccount:list resource "namespaces" in API group "" at the cluster scope: access denied`,
    ],
    [
      'no node',
      be('system:node:n1'),
      `namespaces is forbidden: ${who} impersonate-on:arbitrary-node:list resource "namespaces" in API group "" at the cluster scope: access denied`,
    ],
    [
      'no service account with groups',
      be('system:serviceaccount:default:d', ['impersonate-group', 'a']),
      `serviceaccounts "d" is forbidden: ${who} impersonate resource "serviceaccounts" in API group "" in the namespace "default": access denied`,
    ],
  ])('%s may be impersonated', async (_, headers, message) => {
    expect(await attempt(actor, headers)).toMatchObject({ code: 403, message });
  });
  it('the refusal tells of the request', async () => {
    const create = { verb: 'create', resource: 'configmaps', namespace: 'default' };
    expect(await attempt(actor, be('bob'), rights(), create)).toEqual({
      code: 403,
      message: `configmaps is forbidden: ${who} impersonate-on:user-info:create resource "configmaps" in API group "" in the namespace "default": access denied`,
      details: { kind: 'configmaps' },
    });
    expect(await attempt(actor, be('bob'), rights(), { kind: 'path', verb: 'get', path: '/version' })).toEqual({
      code: 403,
      message: `forbidden: ${who} impersonate-on:user-info:get path "/version": access denied`,
      details: {},
    });
  });
});

describe('with the right to impersonate', () => {
  const scopes = { 'authentication.kcp.io/scopes': ['cluster:root'] };
  const bob = 'impersonate /users/bob';

  it('a user it works, confined to the logical cluster', async () => {
    expect(await attempt(actor, be('bob'), rights(bob))).toEqual({
      name: 'bob',
      uid: '',
      groups: [AUTHENTICATED],
      extra: scopes,
    });
    expect(await attempt(actor, be('eve'), rights(bob))).toMatchObject({ code: 403 });
  });
  it.each([
    ['group', ['impersonate-group', 'g1'], 'impersonate /groups/g1'],
    ['uid', ['impersonate-uid', '7'], 'impersonate authentication.k8s.io/uids/7'],
    ['extra', ['impersonate-extra-scopes', 'view'], 'impersonate authentication.k8s.io/userextras/scopes/view'],
  ] as const)('a %s needs its own', async (_, line, right) => {
    expect(await attempt(actor, be('bob', line), rights(bob))).toMatchObject({ code: 403 });
    expect(await attempt(actor, be('bob', line), rights(bob, right))).toMatchObject({ name: 'bob' });
  });
  it('extra scopes are added to, never replaced', async () => {
    const key = 'authentication.kcp.io/scopes';
    const right = `impersonate authentication.k8s.io/userextras/${key}/cluster:other`;
    const headers = be('bob', [`impersonate-extra-${key.replace('/', '%2F')}`, 'cluster:other']);
    expect(await attempt(actor, headers, rights(bob, right))).toMatchObject({
      extra: { [key]: ['cluster:other', 'cluster:root'] },
    });
  });
  it('in a constrained mode, the request and the user are asked about', async () => {
    const policy = rights(
      'impersonate-on:user-info:list /namespaces/',
      'impersonate:user-info authentication.k8s.io/users/bob',
    );
    expect(await attempt(actor, be('bob'), policy)).toMatchObject({ name: 'bob' });
    expect(policy.asked).toEqual([
      'impersonate-on:user-info:list /namespaces/',
      'impersonate:user-info authentication.k8s.io/users/bob',
    ]);
    const create = rights(
      'impersonate-on:user-info:list /namespaces/',
      'impersonate:user-info authentication.k8s.io/users/bob',
    );
    expect(await attempt(actor, be('bob'), create, { verb: 'create' })).toMatchObject({ code: 403 });
  });
  it('in a constrained mode, many groups may be allowed at once', async () => {
    const headers = be('bob', ...['a', 'b', 'c', 'd'].map((group) => ['impersonate-group', group] as const));
    const policy = rights(
      'impersonate-on:user-info:list /namespaces/',
      'impersonate:user-info authentication.k8s.io/users/bob',
      'impersonate:user-info authentication.k8s.io/groups/*',
    );
    expect(await attempt(actor, headers, policy)).toMatchObject({ groups: ['a', 'b', 'c', 'd', AUTHENTICATED] });
  });
  it('in a constrained mode, extras must have a domain', async () => {
    const policy = rights(
      'impersonate-on:user-info:list /namespaces/',
      'impersonate:user-info authentication.k8s.io/users/bob',
    );
    expect(await attempt(actor, be('bob', ['impersonate-extra-dn', 'x']), policy)).toMatchObject({
      message: expect.stringContaining(
        'impersonating an invalid key in extra is not allowed: extra.key: Invalid value: "dn"',
      ),
    });
  });
  it('a service account may be the node that it runs on', async () => {
    const onNode = { ...actor, extra: { 'authentication.kubernetes.io/node-name': ['n1'] } };
    const policy = () =>
      rights(
        'impersonate-on:associated-node:list /namespaces/',
        'impersonate:associated-node authentication.k8s.io/nodes/*',
      );
    expect(await attempt(onNode, be('system:node:n1'), policy())).toMatchObject({
      groups: ['system:nodes', AUTHENTICATED],
    });
    expect(await attempt(onNode, be('system:node:n2'), policy())).toMatchObject({ code: 403 });
  });
});

describe('the gatekeeper', () => {
  const refusal = { code: 403, message: 'forbidden: impersonation is not allowed for the requestor', details: {} };
  const everything: Authorizer = () => ({ kind: 'allow', reason: '' });
  const all = { authorize: everything, asked: [] };

  it.each([
    'system:masters',
    'system:kcp:admin',
    'system:kcp:logical-cluster-admin',
    'system:kcp:external-logical-cluster-admin',
    'system:kcp:tenancy:workspace-bootstrapper',
    'system:kcp:initializer:root:org',
    'system:kcp:terminator:root:org',
  ])('keeps others out of %s, whatever their rights', async (group) => {
    expect(await attempt(actor, be('bob', ['impersonate-group', group]), all)).toEqual(refusal);
    expect(await attempt(actor, [['impersonate-group', group]], all)).toEqual(refusal);
    const warrant = JSON.stringify({ user: 'x', groups: [group] });
    expect(await attempt(actor, be('bob', ['impersonate-extra-authorization.kcp.io%2Fwarrant', warrant]), all)).toEqual(
      refusal,
    );
    const nested = JSON.stringify({ user: 'y', extra: { 'authorization.kcp.io/warrant': [warrant] } });
    expect(await attempt(actor, be('bob', ['impersonate-extra-authorization.kcp.io%2Fwarrant', nested]), all)).toEqual(
      refusal,
    );
  });
  it('lets those in who are there already', async () => {
    const admin = { ...actor, groups: ['system:kcp:admin', AUTHENTICATED] };
    expect(await attempt(admin, be('bob', ['impersonate-group', 'system:kcp:admin']), all)).toMatchObject({
      groups: ['system:kcp:admin', AUTHENTICATED],
    });
    const nobody = { ...actor, groups: ['system:unauthenticated'] };
    expect(await attempt(nobody, be('bob', ['impersonate-group', AUTHENTICATED]), all)).toEqual(refusal);
  });
  it('never lets system:masters through a constrained mode', async () => {
    expect(await attempt(master, be('bob', ['impersonate-group', 'system:masters']))).toMatchObject({ name: 'bob' });
  });
});

describe('an authorizer that breaks', () => {
  it('breaks the request, it does not refuse it', async () => {
    const authorize: Authorizer = () => Promise.reject(new Error('store'));
    await expect(impersonate({ headers: be('bob'), authorize, attributes: request(actor) })).rejects.toThrow('store');
  });
});
