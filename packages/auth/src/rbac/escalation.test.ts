import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { Authorizer } from '../authorizer.ts';
import { bindingWriteRefusal, escalationMessage, roleWriteRefusal } from './escalation.ts';
import type { PolicyRule } from './objects.ts';
import { rbac } from './rbac.ts';
import type { RuleSource } from './rule-source.ts';

const groups = ['system:authenticated'];
const eve = { name: 'eve', uid: '', groups, extra: {} };
const master = { ...eve, groups: ['system:masters'] };
const read: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'] };
const secrets: PolicyRule = { verbs: ['*'], apiGroups: [''], resources: ['secrets'] };
const held = 'is attempting to grant RBAC permissions not currently held:\n';
const who = `user "eve" (groups=["system:authenticated"]) ${held}`;

const source: RuleSource = {
  generation: () => 1,
  clusterRoleBindings: () => [],
  roleBindings: () => [
    { name: 'eve', namespace: 'ns', subjects: [{ kind: 'User', name: 'eve' }], roleRef: { kind: 'Role', name: 'eve' } },
  ],
  clusterRole: (_, name) => (name === 'reader' ? { name, labels: {}, rules: [read] } : undefined),
  role: (_, __, name) => {
    const rules = new Map([
      ['eve', [read]],
      ['strong', [secrets]],
    ]).get(name);
    return rules && { name, labels: {}, rules };
  },
};

const asked: string[] = [];
const check = (allowed = '', requestName = '', namespace = 'ns', user = eve) => {
  const authorize: Authorizer = (attributes) => {
    const on =
      attributes.kind === 'resource' ? `${attributes.namespace}/${attributes.resource}/${attributes.name}` : '';
    asked.push(`${attributes.verb} ${on}`);
    return { kind: `${attributes.verb} ${on}` === allowed ? 'allow' : 'noOpinion', reason: '' };
  };
  return { rbac: rbac({ source }), authorize, standpoint: { user, cluster: root, namespace }, requestName };
};
const role = (...rules: PolicyRule[]) => ({ name: 'r', labels: {}, rules });
const binding = (kind: string, name: string) => ({ name: 'b', subjects: [], roleRef: { kind, name } });

describe('the writer of a role', () => {
  it('may give what they have', async () => {
    expect(await roleWriteRefusal(check(), role(read, { ...read, verbs: ['get'] }))).toBeUndefined();
    expect(await roleWriteRefusal(check(), role())).toBeUndefined();
  });
  it('may not give what they lack, and hears what', async () => {
    const wanted = {
      verbs: ['get'],
      apiGroups: ['', 'apps'],
      resources: ['secrets', 'pods/log'],
      resourceNames: ['x'],
    };
    const refusal = await roleWriteRefusal(check(), role(read, wanted));
    const lines = ['', 'apps'].flatMap((group) =>
      ['pods/log', 'secrets'].map(
        (name) => `{APIGroups:["${group}"], Resources:["${name}"], ResourceNames:["x"], Verbs:["get"]}`,
      ),
    );
    expect(refusal).toMatchObject({
      code: 403,
      message: `roles.rbac.authorization.k8s.io "r" is forbidden: ${who}${lines.join('\n')}`,
      details: { group: 'rbac.authorization.k8s.io', kind: 'roles', name: 'r' },
    });
  });
  it('may, where they may escalate what the request names', async () => {
    expect(await roleWriteRefusal(check('escalate ns/roles/r', 'r'), role(secrets))).toBeUndefined();
    expect(await roleWriteRefusal(check('escalate ns/roles/r'), role(secrets))).toMatchObject({ code: 403 });
    expect(await roleWriteRefusal(check('escalate /clusterroles/r', 'r', ''), role(secrets))).toBeUndefined();
  });
  it('needs everything for a role that gathers others', async () => {
    const sum = { ...role(), aggregation: [] };
    expect((await roleWriteRefusal(check('', '', ''), sum))?.message).toContain(
      '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    );
  });
  it('is free where they are a master', async () => {
    asked.length = 0;
    expect(await roleWriteRefusal(check('', '', 'ns', master), role(secrets))).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe('the writer of a binding', () => {
  it('may bind what they have', async () => {
    expect(await bindingWriteRefusal(check(), binding('Role', 'eve'))).toBeUndefined();
    expect(await bindingWriteRefusal(check(), binding('ClusterRole', 'reader'))).toBeUndefined();
  });
  it('may not bind what is stronger', async () => {
    expect(await bindingWriteRefusal(check(), binding('Role', 'strong'))).toMatchObject({
      code: 403,
      message: `rolebindings.rbac.authorization.k8s.io "b" is forbidden: ${who}{APIGroups:[""], Resources:["secrets"], Verbs:["*"]}`,
    });
    expect(await bindingWriteRefusal(check('', '', ''), binding('ClusterRole', 'reader'))).toMatchObject({
      message: expect.stringMatching(/^clusterrolebindings\.rbac/),
    });
  });
  it('may, with the verb bind on it', async () => {
    expect(await bindingWriteRefusal(check('bind ns/roles/strong'), binding('Role', 'strong'))).toBeUndefined();
    expect(await bindingWriteRefusal(check('bind ns/clusterroles/any'), binding('ClusterRole', 'any'))).toBeUndefined();
  });
  it('hears of a role that is not there', async () => {
    expect(await bindingWriteRefusal(check(), binding('Role', 'ghost'))).toMatchObject({
      code: 404,
      message: 'rolebindings.rbac.authorization.k8s.io "ghost" not found',
      details: { group: 'rbac.authorization.k8s.io', kind: 'rolebindings', name: 'ghost' },
    });
  });
});

describe('the message', () => {
  const standpoint = { user: eve, cluster: root, namespace: '' };
  it('has what went wrong with the rights held', () => {
    expect(
      escalationMessage(standpoint, { rules: [], problems: ['a', 'b'] }, [{ verbs: ['get'], nonResourceURLs: ['/'] }]),
    ).toBe(`${who}{NonResourceURLs:["/"], Verbs:["get"]}; resolution errors: [a b]`);
  });
  it('is short for rules without end', () => {
    const many = Array.from({ length: 3000 }, (_, n) => `x${n}`);
    const huge = { verbs: many, apiGroups: many, resources: many };
    expect(escalationMessage(standpoint, { rules: [], problems: [] }, [huge])).toContain('too many to be compared');
    const wide = { verbs: ['get'], apiGroups: [''], resources: many };
    expect(escalationMessage(standpoint, { rules: [], problems: [] }, [wide])?.split('\n')).toHaveLength(1001);
  });
});
