import { describe, expect, it } from '@jest/globals';
import type { Attributes, Authorizer } from '@kcp/auth';
import type { AdmissionAttributes } from '../admission.ts';
import { admissionAttributes } from '../testing/admission-attributes.ts';
import { conditionCompiler, evaluateConditions } from './match-conditions.ts';
import { RequestAuthorizer } from './request-authorizer.ts';
import { namespaceValue, objectValue, requestValue } from './request-value.ts';

const compileAll = conditionCompiler();
const nobody: Authorizer = () => ({ kind: 'noOpinion', reason: '' });

async function outcome(
  expressions: readonly string[],
  { authorize = nobody, ...fields }: Partial<AdmissionAttributes> & { readonly authorize?: Authorizer } = {},
) {
  const attributes = admissionAttributes(fields);
  const matchConditions = expressions.map((expression, at) => ({ name: `c${at}`, expression }));
  const bindings = {
    object: objectValue(attributes.object),
    oldObject: objectValue(attributes.oldObject),
    request: requestValue(attributes, attributes),
    namespaceObject: namespaceValue(undefined),
  };
  const result = await evaluateConditions(
    compileAll({ matchConditions }),
    bindings,
    new RequestAuthorizer(attributes, authorize),
  );
  if (result.kind === 'match') return 'match';
  return result.kind === 'noMatch' ? `not ${result.condition}` : result.message;
}

describe('match conditions', () => {
  it.each([
    'object.metadata.name == "late"',
    'oldObject == null && namespaceObject == null',
    'request.operation == "CREATE" && request.namespace == "here" && request.name == "late"',
    'request.kind.kind == "ConfigMap" && request.requestResource.resource == "configmaps"',
    '!has(request.subResource) && !request.dryRun',
    'request.userInfo.username == "admin" && "system:masters" in request.userInfo.groups',
    '!has(request.options.fieldManager)',
  ])('%s holds for the creation of a config map', async (expression) => {
    expect(await outcome([expression])).toBe('match');
  });

  it('all have to hold; the first that does not is named', async () => {
    expect(await outcome(['true', 'object.kind == "Secret"', 'false'])).toBe('not c1');
    expect(await outcome([])).toBe('match');
  });

  it('fail where one has no value, unless another says no', async () => {
    const broken = 'object.data["nothing"] == "x"';
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: {} };
    const why = 'expression \'object.data["nothing"] == "x"\' resulted in error: no such key: nothing';
    expect(await outcome([broken, 'true'], { object })).toBe(why);
    expect(await outcome([broken, 'false'], { object })).toBe('not c1');
    expect(await outcome([broken, 'object.none == 1'], { object })).toBe(
      `[${why}, expression 'object.none == 1' resulted in error: no such key: none]`,
    );
  });

  it('fail where an expression is none or says neither yes nor no', async () => {
    expect(await outcome(['object.'])).toMatch(/^compilation error: compilation failed: ERROR: <input>/);
    expect(await outcome(['request.colour == 1'])).toMatch(/undefined field 'colour'/);
    expect(await outcome(['1 + 1'])).toBe('compilation error: must evaluate to bool but got int');
  });

  it('cost no more than is allowed', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, list: Array.from({ length: 2_000 }, () => 1) };
    expect(await outcome(['object.list.all(a, object.list.all(b, a == b))'], { object })).toBe(
      'validation failed due to running out of cost budget, no further validation rules will be run',
    );
  });

  it('may ask authorization, which may take its time, about the user in the request’s logical cluster', async () => {
    const asked: Attributes[] = [];
    const authorize: Authorizer = (attributes) => {
      asked.push(attributes);
      const allowed = attributes.verb === 'breakglass';
      return Promise.resolve({ kind: allowed ? 'allow' : 'deny', reason: 'because' });
    };
    const expressions = [
      'authorizer.requestResource.check("breakglass").allowed() && !authorizer.path("/x").check("get").allowed()',
      'authorizer.group("apps").resource("deployments").check("get").reason() == "because"',
      '!authorizer.serviceAccount("n", "robot").requestResource.check("get").allowed()',
    ];
    expect(await outcome(expressions.slice(0, 2), { authorize })).toBe('match');
    expect(asked.map(({ cluster, user, verb, kind }) => [cluster, user.name, verb, kind])).toEqual([
      ['root', 'admin', 'breakglass', 'resource'],
      ['root', 'admin', 'get', 'path'],
      ['root', 'admin', 'get', 'resource'],
    ]);
  });

  it('see a service account as one of this logical cluster', async () => {
    const users: unknown[] = [];
    const authorize: Authorizer = ({ user }) => {
      users.push([user.name, user.groups, user.extra]);
      throw new Error('out of order');
    };
    const expression = 'authorizer.serviceAccount("n", "robot").group("").resource("pods").check("get").error()';
    expect(await outcome([`${expression} == "out of order"`], { authorize })).toBe('match');
    expect(users).toEqual([
      [
        'system:serviceaccount:n:robot',
        ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated'],
        { 'authentication.kcp.io/cluster-name': ['root'] },
      ],
    ]);
  });
});
