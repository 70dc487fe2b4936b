import { describe, expect, it } from '@jest/globals';
import { root, systemAdmin, wildcard } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { bootstrapPolicy } from '../bootstrap/policy.ts';
import type { UserInfo } from '../user.ts';
import type { Binding, PolicyRule, Role, Subject } from './objects.ts';
import { rbac } from './rbac.ts';
import { withFixedPolicy } from './rule-source.ts';
import type { RuleSource } from './rule-source.ts';

const other = 'other' as LogicalCluster;
const user = (name: string, ...groups: readonly string[]): UserInfo => ({ name, uid: '', groups, extra: {} });

/** Roles and bindings in memory, as a store would have them; every change is a generation. */
class Policies implements RuleSource {
  reads = 0;
  #generation = new Map<string, number>();
  #roles = new Map<string, Role>();
  #bindings = new Map<string, Binding[]>();

  withRole(cluster: LogicalCluster, namespace: string, name: string, ...rules: readonly PolicyRule[]): this {
    this.#roles.set(`${cluster}/${namespace}/${name}`, { name, labels: {}, rules });
    return this.#changed(cluster);
  }
  bind(cluster: LogicalCluster, namespace: string, binding: Partial<Binding> & { readonly name: string }): this {
    const at = `${cluster}/${namespace}`;
    const whole = {
      ...(namespace && { namespace }),
      subjects: [],
      roleRef: { kind: namespace ? 'Role' : 'ClusterRole', name: binding.name },
      ...binding,
    };
    this.#bindings.set(at, [...(this.#bindings.get(at) ?? []), whole]);
    return this.#changed(cluster);
  }
  unbind(cluster: LogicalCluster, namespace: string): this {
    this.#bindings.delete(`${cluster}/${namespace}`);
    return this.#changed(cluster);
  }
  #changed(cluster: LogicalCluster): this {
    this.#generation.set(cluster, this.generation(cluster) + 1);
    return this;
  }
  generation(cluster: LogicalCluster): number {
    return this.#generation.get(cluster) ?? 0;
  }
  clusterRoleBindings(cluster: LogicalCluster): readonly Binding[] {
    return this.roleBindings(cluster, '');
  }
  roleBindings(cluster: LogicalCluster, namespace: string): readonly Binding[] {
    this.reads += 1;
    return this.#bindings.get(`${cluster}/${namespace}`) ?? [];
  }
  clusterRole(cluster: LogicalCluster, name: string): Role | undefined {
    return this.role(cluster, '', name);
  }
  role(cluster: LogicalCluster, namespace: string, name: string): Role | undefined {
    return this.#roles.get(`${cluster}/${namespace}/${name}`);
  }
}

const to = (kind: string, name: string, namespace?: string): Subject => ({
  kind,
  name,
  ...(namespace && { namespace }),
});
const maps = (...verbs: readonly string[]): PolicyRule => ({ verbs, apiGroups: [''], resources: ['configmaps'] });
const get = (who: UserInfo, namespace = '', changes: object = {}) =>
  ({
    kind: 'resource',
    user: who,
    cluster: root,
    verb: 'get',
    group: '',
    version: 'v1',
    resource: 'configmaps',
    subresource: '',
    name: 'n',
    namespace,
    ...changes,
  }) as const;
const path = (who: UserInfo, url: string) =>
  ({ kind: 'path', user: who, cluster: root, verb: 'get', path: url }) as const;

describe('a cluster role binding', () => {
  const source = new Policies()
    .withRole(root, '', 'reader', maps('get'), { verbs: ['get'], nonResourceURLs: ['/sum'] })
    .bind(root, '', {
      name: 'b',
      roleRef: { kind: 'ClusterRole', name: 'reader' },
      subjects: [
        to('User', 'jane'),
        to('Group', 'team'),
        to('ServiceAccount', 'bot', 'ns'),
        to('ServiceAccount', 'homeless'),
        to('Robot', 'r2'),
      ],
    });
  const { authorize } = rbac({ source });

  it('counts in all namespaces and for the whole cluster', () => {
    expect(authorize(get(user('jane')))).toEqual({
      kind: 'allow',
      reason: 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "reader" to User "jane"',
    });
    expect(authorize(get(user('jane'), 'any'))).toMatchObject({ kind: 'allow' });
    expect(authorize(path(user('jane'), '/sum'))).toMatchObject({ kind: 'allow' });
  });
  it('is for users, groups and service accounts, by kind', () => {
    expect(authorize(get(user('x', 'a', 'team')))).toMatchObject({ reason: expect.stringMatching(/to Group "team"$/) });
    expect(authorize(get(user('system:serviceaccount:ns:bot')))).toMatchObject({
      reason: expect.stringMatching(/to ServiceAccount "bot\/ns"$/),
    });
    for (const who of [
      user('team'),
      user('x', 'jane'),
      user('bot'),
      user('system:serviceaccount:x:bot'),
      user('r2'),
      user('homeless'),
      user(''),
    ]) {
      expect(authorize(get(who))).toEqual({ kind: 'noOpinion', reason: '' });
    }
  });
  it('counts in its own logical cluster, never for all of them', () => {
    expect(authorize(get(user('jane'), '', { cluster: other }))).toMatchObject({ kind: 'noOpinion' });
    expect(authorize(get(user('jane'), '', { cluster: wildcard }))).toMatchObject({ kind: 'noOpinion' });
  });
});

describe('a role binding', () => {
  const source = new Policies()
    .withRole(root, 'ns', 'reader', maps('get'))
    .withRole(root, '', 'lister', maps('list'), { verbs: ['get'], nonResourceURLs: ['/sum'] })
    .bind(root, 'ns', { name: 'reader', subjects: [to('User', 'jane'), to('ServiceAccount', 'bot')] })
    .bind(root, 'ns', { name: 'l', roleRef: { kind: 'ClusterRole', name: 'lister' }, subjects: [to('User', 'jane')] });
  const { authorize } = rbac({ source });

  it('counts in its namespace', () => {
    expect(authorize(get(user('jane'), 'ns'))).toEqual({
      kind: 'allow',
      reason: 'RBAC: allowed by RoleBinding "reader/ns" of Role "reader" to User "jane"',
    });
    expect(authorize(get(user('jane'), 'other'))).toMatchObject({ kind: 'noOpinion' });
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'noOpinion' });
  });
  it('may give a cluster role there, its paths left out', () => {
    expect(authorize(get(user('jane'), 'ns', { verb: 'list' }))).toMatchObject({ kind: 'allow' });
    expect(authorize(get(user('jane'), '', { verb: 'list' }))).toMatchObject({ kind: 'noOpinion' });
    expect(authorize(path(user('jane'), '/sum'))).toMatchObject({ kind: 'noOpinion' });
  });
  it('means accounts of its own namespace where it names none', () => {
    expect(authorize(get(user('system:serviceaccount:ns:bot'), 'ns'))).toMatchObject({
      reason: expect.stringMatching(/to ServiceAccount "bot\/ns"$/),
    });
    expect(authorize(get(user('system:serviceaccount:other:bot'), 'ns'))).toMatchObject({ kind: 'noOpinion' });
  });
});

describe('a change of roles or bindings', () => {
  it('counts at the next request', () => {
    const source = new Policies()
      .withRole(root, '', 'r', maps('get'))
      .bind(root, '', { name: 'r', subjects: [to('User', 'jane')] });
    const { authorize } = rbac({ source });
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'allow' });
    source.withRole(root, '', 'r', maps('list'));
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'noOpinion' });
    source.withRole(root, '', 'r', maps('get'));
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'allow' });
    source.unbind(root, '');
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'noOpinion' });
  });
  it('of system:admin’s roles reaches the bindings of others', () => {
    const source = new Policies()
      .withRole(systemAdmin, '', 'r', maps('get'))
      .bind(root, '', { name: 'r', subjects: [to('User', 'jane')] });
    const { authorize } = rbac({ source });
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'allow' });
    source.withRole(systemAdmin, '', 'r');
    expect(authorize(get(user('jane')))).toMatchObject({ kind: 'noOpinion' });
  });
  it('is read once for each generation and place', () => {
    const source = new Policies().bind(root, 'ns', { name: 'r', subjects: [to('User', 'jane')] });
    const { authorize } = rbac({ source });
    authorize(get(user('jane'), 'ns'));
    const { reads } = source;
    for (let n = 0; n < 10; n += 1) authorize(get(user(`u${n}`), 'ns'));
    expect(source.reads).toBe(reads);
  });
  it('is right also where the memory for indexes is far too small', () => {
    const source = new Policies()
      .withRole(root, 'ns', 'r', maps('get'))
      .bind(root, 'ns', { name: 'r', subjects: [to('User', 'jane')] });
    for (const maxBytes of [4, 4_000]) {
      const { authorize } = rbac({ source, maxBytes });
      for (let n = 0; n < 50; n += 1) {
        expect(authorize(get(user('jane'), 'ns', { cluster: n % 2 ? root : other })).kind).toBe(
          n % 2 ? 'allow' : 'noOpinion',
        );
        expect(authorize(get(user('jane'), `ns-${n}`)).kind).toBe('noOpinion');
      }
    }
  });
});

describe('a binding without its role', () => {
  it('gives nothing, and the refusal says so', () => {
    const source = new Policies()
      .bind(root, '', { name: 'x', roleRef: { kind: 'ClusterRole', name: 'ghost' }, subjects: [to('User', 'jane')] })
      .bind(root, 'ns', { name: 'y', roleRef: { kind: 'Role', name: 'lost' }, subjects: [to('Group', 'team')] });
    const { authorize, rulesFor } = rbac({ source });
    const one = 'clusterrole.rbac.authorization.k8s.io "ghost" not found';
    expect(authorize(get(user('jane')))).toEqual({ kind: 'noOpinion', reason: `RBAC: ${one}` });
    const both = `RBAC: [${one}, role.rbac.authorization.k8s.io "lost" not found]`;
    expect(authorize(get(user('jane', 'team'), 'ns'))).toEqual({ kind: 'noOpinion', reason: both });
    expect(authorize(get(user('eve')))).toEqual({ kind: 'noOpinion', reason: '' });
    expect(rulesFor({ user: user('jane'), cluster: root, namespace: '' })).toEqual({ rules: [], problems: [one] });
  });
});

describe('the bootstrap policy', () => {
  const stored = new Policies()
    .bind(root, 'ns', {
      name: 'boss',
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [to('User', 'boss')],
    })
    .withRole(systemAdmin, '', 'extra', maps('get'))
    .bind(systemAdmin, '', { name: 'extra', subjects: [to('User', 'everywhere')] })
    .withRole(other, '', 'cluster-admin', maps('get'))
    .bind(other, '', { name: 'cluster-admin', subjects: [to('User', 'shadow')] });
  const { authorize, rulesOf } = rbac({ source: withFixedPolicy(stored, systemAdmin, bootstrapPolicy()) });

  it('counts in every logical cluster', () => {
    for (const cluster of [root, other]) {
      expect(authorize({ ...path(user('x', 'system:authenticated'), '/apis/apps'), cluster })).toMatchObject({
        kind: 'allow',
      });
      expect(authorize(get(user('x', 'system:kcp:admin'), 'ns', { cluster, verb: 'delete' }))).toMatchObject({
        kind: 'allow',
      });
      expect(authorize(get(user('everywhere'), '', { cluster }))).toMatchObject({ kind: 'allow' });
    }
  });
  it('has roles that can be bound anywhere', () => {
    expect(authorize(get(user('boss'), 'ns', { verb: 'delete' }))).toMatchObject({ kind: 'allow' });
    expect(authorize(get(user('boss'), 'x', { verb: 'delete' }))).toMatchObject({ kind: 'noOpinion' });
    expect(rulesOf(root, '', { kind: 'ClusterRole', name: 'system:kcp:workspace:access' })).toEqual([
      { verbs: ['access'], nonResourceURLs: ['/'] },
    ]);
    expect(rulesOf(root, 'ns', { kind: 'Role', name: 'cluster-admin' })).toBeUndefined();
    expect(rulesOf(root, 'ns', { kind: 'Thing', name: 'cluster-admin' })).toBeUndefined();
  });
  it('gives way to a role of the same name in a logical cluster', () => {
    expect(authorize(get(user('shadow'), '', { cluster: other }))).toMatchObject({ kind: 'allow' });
    expect(authorize(get(user('shadow'), '', { cluster: other, verb: 'delete' }))).toMatchObject({ kind: 'noOpinion' });
  });
});

describe('scopes and warrants', () => {
  const source = new Policies().withRole(root, '', 'r', maps('get')).bind(root, '', {
    name: 'r',
    subjects: [
      to('User', 'bob'),
      to('ServiceAccount', 'bot', 'ns'),
      to('User', 'system:kcp:serviceaccount:other:ns:guest'),
      to('Group', 'system:cluster:other'),
    ],
  });
  const { authorize } = rbac({ source });
  const having = (name: string, extra: UserInfo['extra']) => ({
    name,
    uid: '',
    groups: ['system:authenticated'],
    extra,
  });

  it.each<[string, UserInfo, string]>([
    ['a user in scope', having('bob', { 'authentication.kcp.io/scopes': ['cluster:root'] }), 'allow'],
    ['a user out of scope', having('bob', { 'authentication.kcp.io/scopes': ['cluster:x'] }), 'noOpinion'],
    [
      'a user scoped to a cluster that has rights here',
      having('eve', { 'authentication.kcp.io/scopes': ['cluster:other'] }),
      'allow',
    ],
    ['a warrant', having('eve', { 'authorization.kcp.io/warrant': ['{"user":"bob"}'] }), 'allow'],
    [
      'a foreign account of the same name',
      having('system:serviceaccount:ns:bot', { 'authentication.kcp.io/cluster-name': ['x'] }),
      'noOpinion',
    ],
    [
      'a foreign account by its global name',
      having('system:serviceaccount:ns:guest', { 'authentication.kcp.io/cluster-name': ['other'] }),
      'allow',
    ],
  ])('decide about %s', (_, who, kind) => {
    expect(authorize(get(who))).toMatchObject({ kind });
  });
});

describe('the rules that somebody has', () => {
  it('come in the order of bindings, each binding once', () => {
    const source = new Policies()
      .withRole(root, '', 'a', maps('get'))
      .withRole(root, '', 'b', maps('list'))
      .withRole(root, 'ns', 'c', maps('watch'))
      .bind(root, '', { name: 'a', subjects: [to('Group', 'team'), to('User', 'jane')] })
      .bind(root, '', { name: 'b', subjects: [to('User', 'jane')] })
      .bind(root, 'ns', { name: 'c', subjects: [to('User', 'jane')] });
    const { rulesFor } = rbac({ source });
    const jane = user('jane', 'team');
    expect(rulesFor({ user: jane, cluster: root, namespace: 'ns' }).rules).toEqual([
      maps('get'),
      maps('list'),
      maps('watch'),
    ]);
    expect(rulesFor({ user: jane, cluster: root, namespace: '' }).rules).toEqual([maps('get'), maps('list')]);
    expect(rulesFor({ user: user('x', 'team'), cluster: root, namespace: 'ns' }).rules).toEqual([maps('get')]);
  });
});
