import { describe, expect, it } from '@jest/globals';
import { root, systemAdmin, wildcard } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Attributes } from '../authorizer.ts';
import { bootstrapPolicy } from '../bootstrap/policy.ts';
import type { Binding } from '../rbac/objects.ts';
import { rbac } from '../rbac/rbac.ts';
import { withFixedPolicy } from '../rbac/rule-source.ts';
import type { RuleSource } from '../rbac/rule-source.ts';
import type { UserInfo } from '../user.ts';
import { authorization } from './chain.ts';
import type { LogicalClusterState } from './workspace-content.ts';

const AUTHENTICATED = 'system:authenticated';
const name = (text: string) => text as LogicalCluster;
const user = (who: string, ...groups: readonly string[]): UserInfo => ({
  name: who,
  uid: '',
  groups: [...groups, AUTHENTICATED],
  extra: {},
});
const account = (cluster: string): UserInfo => ({
  ...user('system:serviceaccount:ns:bot'),
  extra: { 'authentication.kcp.io/cluster-name': [cluster], 'authentication.kcp.io/scopes': [`cluster:${cluster}`] },
});

const clusters = new Map<string, LogicalClusterState>([
  ['root', { phase: 'Ready' }],
  ['guarded', { phase: 'Ready', requiredGroups: 'a,b;c' }],
  ...['Scheduling', 'Unavailable', ''].map((phase) => [`phase-${phase.toLowerCase()}`, { phase }] as const),
  ...['Initializing', 'Inactive', 'Terminating', 'Deleting'].map(
    (phase) => [`phase-${phase.toLowerCase()}`, { phase }] as const,
  ),
]);
const bind = (to: string, roleName: string): Binding => ({
  name: `${to}-${roleName}`,
  subjects: [{ kind: 'User', name: to }],
  roleRef: { kind: 'ClusterRole', name: roleName },
});
const stored: RuleSource = {
  generation: () => 1,
  clusterRoleBindings: (cluster) =>
    cluster === systemAdmin
      ? []
      : [
          bind('guest', 'system:kcp:workspace:access'),
          bind('viewer', 'system:kcp:workspace:access'),
          bind('viewer', 'view'),
          bind('outsider', 'view'),
          bind('system:serviceaccount:ns:bot', 'view'),
          bind('scraper', 'system:kcp:metrics-reader'),
        ],
  roleBindings: () => [],
  clusterRole: () => undefined,
  role: () => undefined,
};
const { authorize, authorizeInside } = authorization({
  rbac: rbac({ source: withFixedPolicy(stored, systemAdmin, bootstrapPolicy()) }),
  logicalCluster: (cluster) => clusters.get(cluster),
});

const list = (who: UserInfo, cluster: Attributes['cluster'] = root, changes: object = {}): Attributes => ({
  kind: 'resource',
  user: who,
  cluster,
  verb: 'list',
  group: '',
  version: 'v1',
  resource: 'configmaps',
  subresource: '',
  namespace: '',
  name: '',
  ...changes,
});
const path = (who: UserInfo, url: string, cluster: Attributes['cluster'] = root): Attributes => ({
  kind: 'path',
  user: who,
  cluster,
  verb: 'get',
  path: url,
});
const denied = { kind: 'noOpinion', reason: 'access denied' };
const granted = { kind: 'allow', reason: 'access granted' };

describe('masters', () => {
  it('may do everything everywhere, without a reason', () => {
    for (const cluster of [root, name('nosuch'), name('system:anything'), wildcard]) {
      expect(authorize(list(user('admin', 'system:masters'), cluster))).toEqual({ kind: 'allow', reason: '' });
    }
  });
});

describe('health', () => {
  it('is for everybody', () => {
    const nobody = { name: 'system:anonymous', uid: '', groups: ['system:unauthenticated'], extra: {} };
    for (const url of ['/healthz', '/livez', '/readyz'])
      expect(authorize(path(nobody, url))).toEqual({ kind: 'allow', reason: '' });
    expect(authorize(path(nobody, '/version'))).toEqual(denied);
  });
});

describe('a user', () => {
  it('needs access before rights count', () => {
    expect(authorize(list(user('outsider')))).toEqual(denied);
    expect(authorizeInside(list(user('outsider')))).toEqual(granted);
    expect(authorize(list(user('viewer')))).toEqual(granted);
  });
  it('has discovery and self reviews with access alone, and nothing else', () => {
    const guest = user('guest');
    for (const url of ['/api', '/apis', '/version', '/openapi/v3', '/apis/apps/v1'])
      expect(authorize(path(guest, url))).toEqual(granted);
    const reviews = { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' };
    expect(authorize(list(guest, root, reviews))).toEqual(granted);
    expect(authorize(list(guest))).toEqual(denied);
    expect(authorize(path(guest, '/'))).toEqual(denied);
  });
  it('hears the same of what is missing, closed, or for all clusters', () => {
    for (const cluster of [
      name('nosuch'),
      name('phase-scheduling'),
      name('phase-unavailable'),
      name('phase-'),
      systemAdmin,
      wildcard,
    ]) {
      expect(authorize(list(user('viewer'), cluster))).toEqual(denied);
      expect(authorize(list(user('x', 'system:kcp:admin'), cluster))).toEqual(denied);
    }
  });
  it.each(['initializing', 'inactive', 'terminating', 'deleting'])('may enter in phase %s', (phase) => {
    expect(authorize(list(user('viewer'), name(`phase-${phase}`)))).toEqual(granted);
  });
});

describe('kcp’s administrators', () => {
  it('may do everything in what exists', () => {
    expect(authorize(list(user('x', 'system:kcp:admin'), root, { verb: 'delete' }))).toEqual(granted);
  });
  it('of logical clusters come before these exist, for their own objects', () => {
    const admin = user('x', 'system:kcp:logical-cluster-admin');
    const on = { verb: 'create', group: 'core.kcp.io', resource: 'logicalclusters' };
    expect(authorize(list(admin, name('nosuch'), on))).toEqual(granted);
    expect(authorize(list(admin, name('nosuch')))).toEqual(denied);
  });
});

describe('service accounts', () => {
  it('of the logical cluster need no access', () => {
    expect(authorize(list(account('root')))).toEqual(granted);
    expect(authorize(list(account('root'), root, { verb: 'delete' }))).toEqual(denied);
  });
  it('of another one are strangers', () => {
    expect(authorize(list(account('other')))).toEqual(denied);
  });
});

describe('lifecycle controllers', () => {
  it('pass in the phases of life only', () => {
    const initializer = user('x', 'system:kcp:initializer:root:org');
    expect(authorize(list(initializer, name('phase-initializing')))).toEqual(granted);
    expect(authorize(list(user('x', 'system:kcp:terminator:root:org'), name('phase-deleting')))).toEqual(granted);
    expect(authorize(list(initializer, name('phase-inactive')))).toEqual(denied);
    expect(authorize(list(initializer))).toEqual(denied);
  });
});

describe('required groups', () => {
  const guarded = name('guarded');
  it.each<[string, UserInfo, object]>([
    ['one of them', user('viewer', 'a'), { kind: 'deny', reason: 'access denied' }],
    ['all of an alternative', user('viewer', 'a', 'b'), granted],
    ['the other alternative', user('viewer', 'c'), granted],
    ['kcp’s administrators', user('x', 'system:kcp:admin'), granted],
    ['service accounts', account('guarded'), granted],
  ])('and %s', (_, who, decision) => {
    expect(authorize(list(who, guarded))).toEqual(decision);
  });
});

describe('status of bindings and exports', () => {
  it.each(['apibindings', 'apiexports'])('of %s is the server’s to write', (resource) => {
    const on = { verb: 'update', group: 'apis.kcp.io', resource, subresource: 'status' };
    expect(authorize(list(user('x', 'system:kcp:admin'), root, on))).toEqual({ kind: 'deny', reason: 'access denied' });
    expect(authorize(list(user('x', 'system:kcp:admin'), root, { ...on, subresource: '' }))).toEqual(granted);
    expect(authorize(list(user('x', 'system:kcp:admin'), root, { ...on, group: 'other.io' }))).toEqual(granted);
  });
});

describe('metrics', () => {
  it('need their own right and no access', () => {
    expect(authorize(path(user('scraper'), '/metrics'))).toEqual(granted);
    expect(authorize(path(user('guest'), '/metrics'))).toEqual(denied);
  });
});
