import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Attributes } from '@kcp/auth';
import { parseName, root } from '@kcp/logical-cluster';
import { admissionAttributes } from '../testing/admission-attributes.ts';
import { PolicyWorld } from '../testing/policy-world.ts';

const config = (data: JsonObject, name = 'c'): KubeObject => {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'here' }, data };
};
const must = (expression: string, more: JsonObject = {}) => ({ validations: [{ expression, ...more }] });
const denied = (policy: string, why: string) =>
  `configmaps "late" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${why}`;

let world: PolicyWorld;
beforeEach(async () => {
  world = await PolicyWorld.open();
  await world.put('namespaces', { metadata: { name: 'here', labels: { env: 'prod' } } });
});
afterEach(() => world[Symbol.dispose]());

async function message(fields: Parameters<PolicyWorld['ask']>[0] = {}): Promise<string | undefined> {
  return (await world.ask(fields)).error?.message;
}

describe('validating policies', () => {
  it('cost a logical cluster that never had one a single look', () => {
    expect(world.validating.validate?.(admissionAttributes())).toBeUndefined();
    expect(world.reads).toEqual(['generation validatingadmissionpolicybindings']);
  });

  it('are read once a generation', async () => {
    await world.validate('p', must('true'));
    await world.ask();
    world.reads.length = 0;
    await world.ask();
    expect(world.reads.filter((read) => read.startsWith('page'))).toEqual([]);
    await world.validate('p', must('false'));
    expect(await message()).toBe(denied('p', 'failed expression: false'));
  });

  it('of another logical cluster count for nothing', async () => {
    await world.validate('p', must('false'));
    const other = parseName('other');
    if (other === undefined) throw new Error('no name');
    expect((await world.ask({ cluster: other })).error).toBeUndefined();
    expect((await world.ask({ cluster: root })).error?.code).toBe(422);
  });

  it('say no with the reason that they give, and 422 where they give none', async () => {
    await world.validate('p', must('object.data.a == "1"', { message: ' a is 1 ', reason: 'Forbidden' }));
    const { error } = await world.ask({ object: config({ a: '2' }) });
    expect([error?.code, error?.reason, error?.message]).toEqual([403, 'Forbidden', denied('p', 'a is 1')]);
    expect(error?.details).toEqual({
      name: 'late',
      kind: 'configmaps',
      causes: [{ message: "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: a is 1" }],
    });
    expect((await world.ask({ object: config({ a: '1' }) })).error).toBeUndefined();
  });

  it.each([
    ['object.metadata.name + " is wrong"', 'c is wrong'],
    ['"a\\nb"', 'fixed'],
    ['object.data.none', 'fixed'],
    ['"  "', 'fixed'],
  ])('word it by %s, else by what is fixed', async (messageExpression, said) => {
    await world.validate('p', must('false', { messageExpression, message: 'fixed' }));
    expect(await message({ object: config({}) })).toBe(denied('p', said));
  });

  it('warn and write down where they are told to, and deny nothing then', async () => {
    await world.validate('p', must('false', { message: 'no' }), { validationActions: ['Warn', 'Audit'] });
    const { error, warnings, annotations } = await world.ask();
    expect(error).toBeUndefined();
    expect(warnings).toEqual(["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p': no"]);
    expect(JSON.parse(annotations['validation.policy.admission.k8s.io/validation_failure'] ?? '')).toEqual([
      { message: 'no', policy: 'p', binding: 'p', expressionIndex: 0, validationActions: ['Warn', 'Audit'] },
    ]);
  });

  it('add facts to the audit events, none for null and blank ones', async () => {
    const auditAnnotations = [
      { key: 'who', valueExpression: 'request.userInfo.username' },
      { key: 'blank', valueExpression: '" "' },
      { key: 'none', valueExpression: 'null' },
    ];
    await world.validate('p', { auditAnnotations });
    expect((await world.ask()).annotations).toEqual({ 'p/who': 'admin' });
    await world.validate('q', { auditAnnotations: [{ key: 'x', valueExpression: 'string(object.nothing)' }] });
    expect(await message()).toBe(
      denied('q', "expression 'string(object.nothing)' resulted in error: no such key: nothing"),
    );
  });

  it('see the request, its namespace, and what is deleted', async () => {
    const seen = [
      'request.operation == "DELETE"',
      'object == null',
      '!has(object.data)',
      'oldObject.data.a == "1"',
      'namespaceObject.metadata.labels["env"] == "prod"',
      '!has(request.subResource)',
      'params == null',
    ];
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    await world.validate('p', { paramKind, validations: seen.map((expression) => ({ expression })) });
    const { object: _, ...deletion } = admissionAttributes({ operation: 'DELETE', oldObject: config({ a: '1' }) });
    await world.validating.validate?.(deletion);
    expect(await message({ object: config({}) })).toMatch('failed expression: request.operation == "DELETE"');
  });

  it('compute variables when they are needed, each once, and let them build on each other', async () => {
    const variables = [
      { name: 'broken', expression: 'object.data.nothing' },
      { name: 'keys', expression: 'object.data.map(k, k)' },
      { name: 'many', expression: 'size(variables.keys) > 1' },
    ];
    await world.validate('p', { variables, ...must('!variables.many || variables.broken == "x"') });
    expect(await message({ object: config({ a: '' }) })).toBeUndefined();
    expect(await message({ object: config({ a: '', b: '' }) })).toBe(
      denied(
        'p',
        `expression '!variables.many || variables.broken == "x"' resulted in error: composited variable "broken" fails to evaluate: no such key: nothing`,
      ),
    );
  });

  it('deny by an error, or pass over it, as the failure policy says', async () => {
    const broken = must('object.data.nothing == ""');
    await world.validate('p', { ...broken, failurePolicy: 'Ignore' });
    expect(await message({ object: config({}) })).toBeUndefined();
    await world.validate('p', broken);
    expect(await message({ object: config({}) })).toBe(
      denied('p', `expression 'object.data.nothing == ""' resulted in error: no such key: nothing`),
    );
  });

  it('that were stored although they do not compile deny what they are about', async () => {
    await world.validate('p', must('nothing.a'));
    expect(await message()).toMatch(/compilation error: compilation failed: ERROR: <input>:1:1: undeclared reference/);
  });

  it('may cost only so much, variables and messages included', async () => {
    const variables = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((at) => {
      return { name: `v${at}`, expression: 'lists.range(500).all(x, lists.range(500).all(y, x + y >= 0))' };
    });
    const all = variables.map(({ name }) => ({ expression: `variables.${name}` }));
    await world.validate('p', { variables, validations: all });
    expect(await message()).toMatch(/cost limit exceeded|running out of cost budget/);
  });

  it('are asked only where their conditions hold', async () => {
    const matchConditions = [{ name: 'some', expression: '"a" in object.data' }];
    await world.validate('p', { matchConditions, ...must('false') });
    expect(await message({ object: config({ b: '' }) })).toBeUndefined();
    expect(await message({ object: config({ a: '' }) })).toBe(denied('p', 'failed expression: false'));
    expect(await message({ object: { ...config({}), data: 1 } })).toMatch('no such overload');
  });

  it('never say anything of what configures admission', async () => {
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
    await world.validate('p', { matchConstraints: { resourceRules: [everything] }, ...must('false') });
    const group = 'admissionregistration.k8s.io';
    const own = {
      resource: { group, version: 'v1', resource: 'validatingadmissionpolicies' },
      kind: { group, version: 'v1', kind: 'ValidatingAdmissionPolicy' },
    };
    expect(await message(own)).toBeUndefined();
    expect(await message()).toBeDefined();
  });

  it('may be bound to less than they are about', async () => {
    await world.validate('p', must('false'), { matchResources: { objectSelector: { matchLabels: { a: 'b' } } } });
    expect(await message()).toBeUndefined();
    const labelled = { ...config({}), metadata: { name: 'c', labels: { a: 'b' } } };
    expect(await message({ object: labelled })).toBe(denied('p', 'failed expression: false'));
  });

  it('ask authorization about the user, once a question', async () => {
    const asked: Attributes[] = [];
    using other = await PolicyWorld.open((attributes) => {
      asked.push(attributes);
      return Promise.resolve({ kind: 'allow', reason: 'fine' });
    });
    const allowed = 'authorizer.requestResource.check("shine").allowed()';
    await other.put('namespaces', { metadata: { name: 'here' } });
    await other.validate('p', { validations: [{ expression: allowed }, { expression: `!${allowed}`, message: 'm' }] });
    const { error } = await other.ask();
    expect(error?.message).toBe(denied('p', 'm'));
    expect(asked.map(({ kind, verb, user }) => [kind, verb, user.name])).toEqual([['resource', 'shine', 'admin']]);
  });
});

describe('parameters', () => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const limit = must('size(object.data) <= int(params.data.max)', {
    messageExpression: '"at most " + params.data.max + " by " + params.metadata.name',
  });
  const param = (name: string, max: string, more: JsonObject = {}) =>
    world.put('configmaps', { metadata: { name, namespace: 'here', ...more }, data: { max } });
  const two = { object: config({ a: '', b: '' }) };

  it('are found by name, in the namespace of the request or the one that is named', async () => {
    await param('local', '1');
    await param('remote', '0', { namespace: 'there' });
    await world.validate('p', { paramKind, ...limit }, { paramRef: { name: 'local' } });
    expect(await message(two)).toBe(denied('p', 'at most 1 by local'));
    await world.validate('p', { paramKind, ...limit }, { paramRef: { name: 'remote', namespace: 'there' } });
    expect(await message(two)).toBe(denied('p', 'at most 0 by remote'));
  });

  it('are selected by labels: each has to allow it', async () => {
    await param('one', '2', { labels: { a: 'b' } });
    await param('two', '1', { labels: { a: 'b' } });
    await param('three', '0');
    const paramRef = { selector: { matchLabels: { a: 'b' } } };
    await world.validate('p', { paramKind, ...limit }, { paramRef });
    expect(await message(two)).toBe(denied('p', 'at most 1 by two'));
    expect(await message({ object: config({ a: '' }) })).toBeUndefined();
  });

  it.each([
    ['Allow', undefined],
    [
      'Deny',
      denied(
        'p',
        'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
      ),
    ],
  ])('that are not there: %s', async (parameterNotFoundAction, said) => {
    await world.validate('p', { paramKind, ...limit }, { paramRef: { name: 'none', parameterNotFoundAction } });
    expect(await message(two)).toBe(said);
  });

  it('of a kind that is not served deny all that the policy is about, unless it may fail', async () => {
    const unknown = { paramKind: { apiVersion: 'none.io/v1', kind: 'Nothing' }, ...must('true') };
    await world.validate('p', unknown, { paramRef: { name: 'x', parameterNotFoundAction: 'Allow' } });
    expect(await message()).toBe(
      `configmaps "late" is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'none.io/v1, Kind=Nothing'`,
    );
    await world.validate('p', { ...unknown, failurePolicy: 'Ignore' }, { paramRef: { name: 'x' } });
    expect(await message()).toBeUndefined();
  });

  it('in a namespace are nothing for what is in none', async () => {
    await world.validate('p', { paramKind, ...limit }, { paramRef: { name: 'x' } });
    expect(await message({ namespace: '' })).toMatch('cannot use namespaced paramRef');
  });
});
