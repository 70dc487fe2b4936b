import { describe, expect, it } from '@jest/globals';
import type { Binding, LogicalClusterState, Role, RuleSource, UserInfo } from '@kcp/auth';
import { systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import { entrance, type Entrance } from './entrance.ts';

const role: Role = { name: 'enter', labels: {}, rules: [{ verbs: ['access'], nonResourceURLs: ['/'] }] };

function binding(kind: 'User' | 'Group', name: string): Binding {
  return { name: `${kind}-${name}`, subjects: [{ kind, name }], roleRef: { kind: 'ClusterRole', name: 'enter' } };
}

interface Place extends LogicalClusterState {
  readonly bindings: readonly Binding[];
}

/** Logical clusters, their phases, and who is bound in them. */
function doorOf(places: Readonly<Record<string, Place>>): Entrance {
  const at = (cluster: LogicalCluster): Place | undefined => places[cluster];
  const source: RuleSource = {
    generation: () => 1,
    clusterRoleBindings: (cluster) => at(cluster)?.bindings ?? [],
    roleBindings: () => [],
    clusterRole: (cluster) => (cluster === systemAdmin ? role : undefined),
    role: () => undefined,
  };
  const store = {
    get: () => undefined,
    page: () => ({ objects: [], next: undefined, revision: 0 }),
    generation: () => 0,
  };
  const logicalCluster = (cluster: LogicalCluster) => (cluster === systemAdmin ? undefined : at(cluster));
  return entrance({ rules: () => source, logicalCluster: () => logicalCluster }, store);
}

const team = 'team' as LogicalCluster;
const ann: UserInfo = { name: 'ann', uid: '', groups: ['ops', 'system:authenticated'], extra: {} };
const root: UserInfo = { ...ann, groups: ['system:masters'] };
const ready = (...bindings: readonly Binding[]): Place => ({ phase: 'Ready', bindings });

describe('the door of a logical cluster', () => {
  it('is open to who is bound there, by name or by a group', () => {
    expect(doorOf({ team: ready(binding('User', 'ann')) }).mayEnter(ann, team, 'all')).toBe(true);
    expect(doorOf({ team: ready(binding('Group', 'ops')) }).mayEnter(ann, team, 'all')).toBe(true);
    expect(doorOf({ team: ready(binding('User', 'bob')) }).mayEnter(ann, team, 'all')).toBe(false);
    expect(doorOf({}).mayEnter(ann, team, 'all')).toBe(false);
  });

  it('is open in one’s own name only to who is bound by name', () => {
    expect(doorOf({ team: ready(binding('User', 'ann')) }).mayEnter(ann, team, 'personal')).toBe(true);
    expect(doorOf({ team: ready(binding('Group', 'ops')) }).mayEnter(ann, team, 'personal')).toBe(false);
    const warrant = JSON.stringify({ user: 'bob' });
    const warranted = { ...ann, extra: { 'authorization.kcp.io/warrant': [warrant] } };
    const bobs = doorOf({ team: ready(binding('User', 'bob')) });
    expect([bobs.mayEnter(warranted, team, 'all'), bobs.mayEnter(warranted, team, 'personal')]).toEqual([true, false]);
  });

  it('is closed in phases that cannot be used', () => {
    const place = (phase: string): Place => ({ phase, bindings: [binding('User', 'ann')] });
    expect(doorOf({ team: place('Scheduling') }).mayEnter(ann, team, 'all')).toBe(false);
    expect(doorOf({ team: place('Initializing') }).mayEnter(ann, team, 'all')).toBe(true);
  });

  it('is closed to who is not in the groups that it requires', () => {
    const place = (requiredGroups: string): Place => ({ ...ready(binding('User', 'ann')), requiredGroups });
    expect(doorOf({ team: place('others') }).mayEnter(ann, team, 'all')).toBe(false);
    expect(doorOf({ team: place('others;ops') }).mayEnter(ann, team, 'personal')).toBe(true);
  });

  it('is closed to who is confined elsewhere', () => {
    const confined = { ...ann, extra: { 'authentication.kcp.io/scopes': ['cluster:other'] } };
    expect(doorOf({ team: ready(binding('User', 'ann')) }).mayEnter(confined, team, 'all')).toBe(false);
  });

  it('is open to masters, where there is one', () => {
    expect(doorOf({ team: ready() }).mayEnter(root, team, 'all')).toBe(true);
    expect(doorOf({}).mayEnter(root, team, 'all')).toBe(false);
    expect(doorOf({ team: ready() }).mayEnter(root, team, 'personal')).toBe(false);
  });
});

describe('who may enter wherever they like', () => {
  const everywhere = doorOf({ team: ready(), [systemAdmin]: ready(binding('Group', 'ops')) });

  it('is who is bound for all logical clusters', () => {
    expect(everywhere.everywhere(ann, 'all')).toBe(true);
    expect(everywhere.mayEnter(ann, team, 'all')).toBe(true);
    expect(everywhere.everywhere({ ...ann, groups: [] }, 'all')).toBe(false);
  });

  it('is so in their own name only without their groups', () => {
    expect(everywhere.everywhere(ann, 'personal')).toBe(false);
    expect(everywhere.everywhere(root, 'personal')).toBe(false);
    expect(everywhere.everywhere(root, 'all')).toBe(true);
  });
});
