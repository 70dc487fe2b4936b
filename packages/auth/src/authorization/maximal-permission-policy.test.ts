import { describe, expect, it } from '@jest/globals';
import { parseName, root, wildcard, type LogicalCluster } from '@kcp/logical-cluster';
import type { Attributes, Decision } from '../authorizer.ts';
import type { Binding, Role } from '../rbac/objects.ts';
import { rbac } from '../rbac/rbac.ts';
import type { RuleSource } from '../rbac/rule-source.ts';
import type { UserInfo } from '../user.ts';
import { authorization } from './chain.ts';
import type { BoundExport } from './maximal-permission-policy.ts';

const consumer = parseName('consumer') as LogicalCluster;
const user = (name: string, extra: UserInfo['extra'] = {}): UserInfo => ({
  name,
  uid: '',
  groups: ['system:authenticated'],
  extra,
});

const policy: Role = {
  name: 'policy',
  labels: {},
  rules: [{ verbs: ['get', 'list'], apiGroups: ['acme.io'], resources: ['widgets'] }],
};
const admin: Role = {
  name: 'admin',
  labels: {},
  rules: [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ],
};
const bind = (role: Role, kind: 'User' | 'Group', name: string): Binding => ({
  name: `${role.name}-${name}`,
  subjects: [{ kind, name }],
  roleRef: { kind: 'ClusterRole', name: role.name },
});
/** The provider, root, permits consumers to read widgets; in the consumer's place jane may do everything, joe nothing. */
const source: RuleSource = {
  generation: () => 1,
  clusterRoleBindings: (cluster) =>
    cluster === root
      ? [bind(policy, 'Group', 'apis.kcp.io:binding:system:authenticated'), bind(admin, 'User', 'provider')]
      : [bind(admin, 'User', 'jane'), bind(admin, 'User', 'provider')],
  roleBindings: () => [],
  clusterRole: (_, name) => [policy, admin].find((role) => role.name === name),
  role: () => undefined,
};

function chain(bound: Partial<BoundExport> = {}) {
  const widgets: BoundExport = { cluster: root, name: 'widgets', policy: 'local', ...bound };
  return authorization({
    rbac: rbac({ source }),
    logicalCluster: () => ({ phase: 'Ready' }),
    boundExport: (cluster, { group, resource }) =>
      cluster === consumer && group === 'acme.io' && resource === 'widgets' ? widgets : undefined,
  });
}

const may = (who: UserInfo, verb: string, changes: object = {}): Attributes => ({
  kind: 'resource',
  user: who,
  cluster: consumer,
  verb,
  group: 'acme.io',
  version: 'v1',
  resource: 'widgets',
  subresource: '',
  namespace: '',
  name: '',
  ...changes,
});
const kindOf = async (decision: Decision | Promise<Decision>) => (await decision).kind;

describe('what an export permits', () => {
  it('bounds whoever may do everything in the consumer’s place', async () => {
    const { authorize } = chain();
    expect(await kindOf(authorize(may(user('jane'), 'list')))).toBe('allow');
    expect(await kindOf(authorize(may(user('jane'), 'delete')))).toBe('noOpinion');
    expect(await kindOf(authorize(may(user('jane'), 'get', { subresource: 'status' })))).toBe('noOpinion');
  });
  it('gives nobody a right', async () => {
    expect(await kindOf(chain().authorize(may(user('joe'), 'list')))).toBe('noOpinion');
  });
  it('does not take the provider’s own roles for the consumer’s', async () => {
    expect(await kindOf(chain().authorize(may(user('provider'), 'delete')))).toBe('noOpinion');
  });
  it('concerns nothing else', async () => {
    const { authorize } = chain();
    for (const other of [{ resource: 'gadgets' }, { group: 'other.io' }, { cluster: parseName('elsewhere') }])
      expect(await kindOf(authorize(may(user('jane'), 'delete', other)))).toBe('allow');
    expect(await kindOf(authorize(may(user('jane'), 'delete', { cluster: wildcard })))).toBe('noOpinion');
  });
  it.each(['none', 'other', 'gone'] as const)('is everything where the policy is %s', async (kind) => {
    expect(await kindOf(chain({ policy: kind }).authorize(may(user('jane'), 'delete')))).toBe('allow');
  });
  it('counts for users that are confined to the consumer’s place', async () => {
    const scoped = (scope: string) => user('jane', { 'authentication.kcp.io/scopes': [`cluster:${scope}`] });
    expect(await kindOf(chain().authorize(may(scoped('consumer'), 'list')))).toBe('allow');
    expect(await kindOf(chain().authorize(may(scoped('consumer'), 'delete')))).toBe('noOpinion');
    expect(await kindOf(chain().authorize(may(scoped('root'), 'list')))).toBe('noOpinion');
  });
  it('is not asked about who could, were they let in', async () => {
    expect(await kindOf(chain().authorizeInside(may(user('jane'), 'delete')))).toBe('allow');
  });
});

describe('what is written down', () => {
  const steps = async (ask: Attributes, bound: Partial<BoundExport> = {}): Promise<readonly string[]> => {
    const seen: string[] = [];
    await chain(bound).authorize({
      ...ask,
      record: (step, { kind, reason }) => seen.push(`${step} ${kind} ${reason}`),
    });
    return seen.filter((line) => line.startsWith('04'));
  };

  it('says by which role of which export it was decided', async () => {
    expect(await steps(may(user('jane'), 'list'))).toEqual([
      '04-maxpermissionpolicy allow delegating due to API export "root"|"widgets" policy: RBAC: allowed by ClusterRoleBinding ' +
        '"policy-apis.kcp.io:binding:system:authenticated" of ClusterRole "policy" to Group "apis.kcp.io:binding:system:authenticated"',
    ]);
    expect(await steps(may(user('jane'), 'delete'))).toEqual([
      '04-maxpermissionpolicy noOpinion API export "root"|"widgets" policy: ',
    ]);
  });
  it.each([
    ['gone', 'APIExport "root":"widgets" not found'],
    ['none', 'no maximum permission policy in API Export "root"|"widgets"'],
    ['other', 'no local maximum permission policy in API Export "root"|"widgets"'],
  ] as const)('says that there is no bound: %s', async (kind, why) => {
    expect(await steps(may(user('jane'), 'list'), { policy: kind })).toEqual([
      `04-maxpermissionpolicy allow delegating due to ${why}`,
    ]);
  });
  it('says which steps a deep question passes over', async () => {
    const seen: string[] = [];
    const record: Attributes['record'] = (step, { reason }) => seen.push(`${step} ${reason}`);
    await chain().authorizeInside({ ...may(user('jane'), 'delete'), record });
    expect(seen.filter((line) => line.endsWith('deep SAR request')).map((line) => line.slice(0, 2))).toEqual([
      '04',
      '02',
      '01',
    ]);
  });
});
