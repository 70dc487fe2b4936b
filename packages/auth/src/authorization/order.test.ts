import { describe, expect, it } from '@jest/globals';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import type { Attributes, Decision } from '../authorizer.ts';
import { rbac, type LayeredRbac } from '../rbac/rbac.ts';
import type { RuleSource } from '../rbac/rule-source.ts';
import { authorization, isAuthorizerName, type AuthorizerName } from './chain.ts';
import { unionAuthorizers, withoutReasons } from './combine.ts';

const root = parseName('root') as LogicalCluster;
const ask = (path: string, groups: string[] = []): Attributes => ({
  kind: 'path',
  user: { name: 'jane', uid: '', groups, extra: {} },
  cluster: root,
  verb: 'get',
  path,
});

/** No roles, no bindings. */
const nothing: RuleSource = {
  generation: () => 0,
  clusterRoleBindings: () => [],
  roleBindings: () => [],
  clusterRole: () => undefined,
  role: () => undefined,
};

async function decisions(order: readonly AuthorizerName[], webhook?: Decision) {
  const asked: string[] = [];
  const roles = rbac({ source: nothing });
  const counted: LayeredRbac = {
    ...roles,
    authorize: (attributes) => (asked.push('RBAC'), roles.authorize(attributes)),
  };
  const { authorize } = authorization({
    rbac: counted,
    logicalCluster: () => ({ phase: 'Ready' }),
    order,
    ...(webhook && { webhook: () => (asked.push('Webhook'), webhook) }),
  });
  const decide = async (attributes: Attributes) => (await authorize(attributes)).kind;
  return { asked, decide };
}

describe('the order of authorizers', () => {
  it('is the one that is asked in', async () => {
    const { asked, decide } = await decisions(['Webhook', 'RBAC'], { kind: 'noOpinion', reason: '' });
    expect(await decide(ask('/x', ['system:masters']))).toBe('noOpinion');
    expect(asked).toEqual(['Webhook', 'RBAC']);
  });
  it('lets who comes first decide', async () => {
    const first = await decisions(['AlwaysAllowPaths', 'Webhook'], { kind: 'deny', reason: '' });
    expect([await first.decide(ask('/livez')), await first.decide(ask('/x'))]).toEqual(['allow', 'deny']);
    const last = await decisions(['Webhook', 'AlwaysAllowPaths'], { kind: 'deny', reason: '' });
    expect(await last.decide(ask('/livez'))).toBe('deny');
  });
  it('passes over a webhook that there is not', async () => {
    const { decide } = await decisions(['Webhook', 'AlwaysAllowGroups']);
    expect(await decide(ask('/x', ['system:masters']))).toBe('allow');
  });
  it('has names', () => {
    expect(['AlwaysAllowGroups', 'RBAC', 'rbac', ''].map(isAuthorizerName)).toEqual([true, true, false, false]);
  });
});

describe('an error of an authorizer', () => {
  const error = new Error('down');
  const broken = (): Decision => ({ kind: 'noOpinion', reason: 'r', error });
  it('is kept where nobody decides, the first of several', async () => {
    const other = async (): Promise<Decision> => ({ kind: 'noOpinion', reason: 's', error: new Error('other') });
    expect(await unionAuthorizers(broken, other)(ask('/x'))).toEqual({ kind: 'noOpinion', reason: 'r\ns', error });
    expect(withoutReasons(broken)(ask('/x'))).toEqual({ kind: 'noOpinion', reason: 'access denied', error });
  });
  it('is forgotten where somebody decides', () => {
    expect(unionAuthorizers(broken, () => ({ kind: 'allow', reason: '' }))(ask('/x'))).toEqual({
      kind: 'allow',
      reason: '',
    });
  });
});
