import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { context, createErrors, prepared, updateErrors } from '../testing/context.ts';
import { configMaps } from '../core/config-map.ts';
import { World } from '../testing/world.ts';
import { mutatingAdmissionPolicies } from './mutating-policy.ts';
import { mutatingAdmissionPolicyBindings, validatingAdmissionPolicyBindings } from './policy-binding.ts';
import { policyStatus, policyStatusKeys, validatingPolicyBucket } from './policy-type-check.ts';
import { validatingAdmissionPolicies } from './validating-policy.ts';
import { mutatingWebhookConfigurations, validatingWebhookConfigurations } from './webhook-configuration.ts';

const hooks = validatingWebhookConfigurations();
const policies = validatingAdmissionPolicies();
const hook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://x/y' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const rule = { apiGroups: ['a'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['b'] };

describe('webhook configurations', () => {
  it('fill in what was not said', () => {
    const given = { ...hook, rules: [rule], clientConfig: { service: { namespace: 'a', name: 'b' } } };
    const filled = {
      ...given,
      rules: [{ ...rule, scope: '*' }],
      clientConfig: { service: { namespace: 'a', name: 'b', port: 443 } },
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
    };
    expect(prepared(hooks, { webhooks: [given] })['webhooks']).toEqual([filled]);
    expect(prepared(mutatingWebhookConfigurations(), { webhooks: [given] })['webhooks']).toEqual([
      { ...filled, reinvocationPolicy: 'Never' },
    ]);
  });

  it.each([
    [
      { name: 'short' },
      ['name: Invalid value: "short": should be a domain with at least three segments separated by dots'],
    ],
    [{ clientConfig: {} }, ['clientConfig: Required value: exactly one of url or service is required']],
    [
      { clientConfig: { url: 'http:///x' } },
      [
        'clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
        'clientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]',
      ],
    ],
    [
      { clientConfig: { url: 'https://u:p@x/y?z#f' } },
      [
        'clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL',
        'clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
        'clientConfig.url: Invalid value: "z": query parameters are not permitted in the URL',
      ],
    ],
    [
      { clientConfig: { service: { namespace: 'a', name: 'b', path: 'x//y', port: 0 } } },
      [
        'clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
        'clientConfig.service.path: Invalid value: "x//y": must start with a \'/\'',
        'clientConfig.service.path: Invalid value: "x//y": segment[0] may not be empty',
        'clientConfig.service.path: Invalid value: "x//y": segment[1] may not be empty',
      ],
    ],
    [{ sideEffects: 'Some' }, ['sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"']],
    [{ timeoutSeconds: 31 }, ['timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds']],
    [
      { admissionReviewVersions: ['v2'] },
      ['admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1'],
    ],
    [
      { rules: [{ ...rule, resources: ['pods', '*/*', 'pods/log'] }] },
      [
        'rules[0].resources: Invalid value: ["pods","*/*","pods/log"]: if \'*/*\' is present, must not specify other resources',
      ],
    ],
    [
      { rules: [{ ...rule, apiVersions: [''], operations: ['GET'] }] },
      [
        'rules[0].operations[0]: Unsupported value: "GET": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
        'rules[0].apiVersions[0]: Required value',
      ],
    ],
    [
      {
        matchConditions: [
          { name: '', expression: 'true' },
          { name: 'x', expression: ' ' },
        ],
      },
      ['matchConditions[0].name: Required value', 'matchConditions[1].expression: Required value'],
    ],
  ])('with %j', (fields, errors) => {
    expect(createErrors(hooks, { webhooks: [{ ...hook, ...fields }] })).toEqual(
      errors.map((error) => `webhooks[0].${error}`),
    );
  });

  it('count the changes of their webhooks', () => {
    const old = prepared(hooks, { webhooks: [hook] });
    const next = (fields: object) =>
      hooks.strategy.prepareForUpdate?.({ ...old, ...fields }, old, context).metadata.generation;
    expect([old.metadata.generation, next({ other: 1 }), next({ webhooks: [] })]).toEqual([1, 1, 2]);
  });
});

describe('policies', () => {
  const spec = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] };

  it('fill in what was not said and start without a status', () => {
    expect(prepared(policies, { spec, status: { observedGeneration: 9 } })).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          matchPolicy: 'Equivalent',
          namespaceSelector: {},
          objectSelector: {},
          resourceRules: [{ scope: '*' }],
        },
      },
      status: {},
    });
  });

  const none = 'Required value: validations or auditAnnotations must contain at least one item';
  it.each([
    [{}, ['spec.matchConstraints: Required value', `spec.validations: ${none}`, `spec.auditAnnotations: ${none}`]],
    [
      { ...spec, validations: [{ expression: ' ' }] },
      ['spec.validations[0].expression: Required value: expression is not specified'],
    ],
    [
      { ...spec, validations: [{ expression: 'true', message: 'a\nb', reason: 'Other' }] },
      [
        'spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks',
        'spec.validations[0].reason: Unsupported value: "Other": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
      ],
    ],
    [{ ...spec, paramKind: {} }, ['spec.paramKind.apiVersion: Required value', 'spec.paramKind.kind: Required value']],
    [
      { ...spec, variables: [{ name: 'in', expression: '1' }] },
      ['spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier'],
    ],
    [
      { ...spec, variables: [{ name: 'a', expression: '"x"' }], validations: [{ expression: 'variables.a' }] },
      ['spec.validations[0].expression: Invalid value: "variables.a": must evaluate to bool but got string'],
    ],
    [
      { ...spec, matchConditions: [{ name: 'a', expression: '1' }] },
      ['spec.matchConditions[0].expression: Invalid value: "1": must evaluate to bool but got int'],
    ],
    [
      { ...spec, auditAnnotations: [{ key: 'a', valueExpression: '1' }] },
      [
        'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type] but got int',
      ],
    ],
  ])('with %j', (given, errors) => {
    expect(createErrors(policies, { spec: given })).toEqual(errors);
  });

  it('that mutate say how, once, and only what can be changed', () => {
    const errors = (mutation: object, operations = ['CREATE']) =>
      createErrors(mutatingAdmissionPolicies(), {
        spec: {
          matchConstraints: { resourceRules: [{ ...rule, operations }] },
          mutations: [mutation as JsonObject],
          reinvocationPolicy: 'Never',
        },
      });
    const patch = { expression: '[JSONPatch{op: "remove", path: "/a"}]' };
    expect(errors({ patchType: 'JSONPatch' })).toEqual([
      'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
    ]);
    expect(errors({ patchType: 'JSONPatch', jsonPatch: { expression: ' ' } })).toEqual([
      'spec.mutations[0].jsonPatch.expression: Required value',
    ]);
    expect(errors({ patchType: 'JSONPatch', jsonPatch: patch, applyConfiguration: patch })).toEqual([
      'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
    ]);
    expect(errors({ patchType: 'JSONPatch', jsonPatch: patch }, ['UPDATE', 'DELETE'])).toEqual([
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ]);
    expect(errors({ patchType: 'ApplyConfiguration', applyConfiguration: { expression: '1' } })).toEqual([
      'spec.mutations[0].applyConfiguration.expression: Invalid value: "1": must evaluate to Object but got int',
    ]);
    const bound = { policyName: 'p', matchResources: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } };
    expect(createErrors(mutatingAdmissionPolicyBindings(), { spec: bound })).toEqual([
      'spec.matchResources.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ]);
  });

  it('have a status whose conditions and warnings are whole', () => {
    const part = policies.subresources['status'];
    const old = prepared(policies, { spec });
    const errors = (status: JsonObject) =>
      part?.kind === 'part' ? updateErrors(part.strategy, { ...old, status }, old) : [];
    const whole = { type: 'A', status: 'True', reason: 'B', message: '', lastTransitionTime: context.now };
    expect(
      errors({ conditions: [whole], typeChecking: { expressionWarnings: [{ warning: 'w', fieldRef: 'f' }] } }),
    ).toEqual([]);
    expect(
      errors({
        conditions: [{ status: 'Maybe', reason: '1', observedGeneration: -1 }],
        typeChecking: { expressionWarnings: [{}] },
      }),
    ).toEqual([
      'status.typeChecking.expressionWarnings[0].warning: Required value',
      'status.typeChecking.expressionWarnings[0].fieldRef: Required value',
      expect.stringMatching(/^status.conditions\[0\].type: Invalid value: "": name part must be non-empty/),
      expect.stringMatching(/^status.conditions\[0\].type: Invalid value: "": name part must consist of/),
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'status.conditions[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
      'status.conditions[0].lastTransitionTime: Required value: must be set',
      expect.stringMatching(/^status.conditions\[0\].reason: Invalid value: "1": a condition reason must start with/),
    ]);
  });

  it('are looked at once a generation, which the status says', async () => {
    const world = new World([policies]);
    const [key, gvr] = [
      { cluster: context.cluster, namespace: '', name: 'x' },
      { ...validatingPolicyBucket, version: 'v1' },
    ];
    const object = { metadata: { name: 'x' }, spec } as unknown as KubeObject;
    await world.writer.create({ cluster: context.cluster, resource: gvr, namespace: '' }, object);
    const reconcile = policyStatus({ store: world.reader, writer: world.writer, resources: () => [configMaps()] });
    const signal = new AbortController().signal;
    const stored = () => world.reader.get(validatingPolicyBucket, key);
    const keys = () => {
      const found = stored();
      return found ? policyStatusKeys({ kind: 'put', object: found, previous: undefined }).length : 0;
    };
    expect(keys()).toBe(1);
    await reconcile(key, { signal });
    await reconcile(key, { signal });
    expect(stored()?.decode()).toMatchObject({ status: { observedGeneration: 1, typeChecking: {} } });
    expect(keys()).toBe(0);
    expect(world.writes).toEqual([expect.stringContaining('create'), expect.stringMatching(/^update .* status$/)]);
  });

  it('are checked against the kinds that they name', async () => {
    const world = new World([policies]);
    const [key, gvr] = [
      { cluster: context.cluster, namespace: '', name: 'x' },
      { ...validatingPolicyBucket, version: 'v1' },
    ];
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps', '*'] }];
    const validations = [{ expression: 'object.data.size() > 0' }, { expression: 'object.dat.size() > 0' }];
    const object = { metadata: { name: 'x' }, spec: { matchConstraints: { resourceRules: rules }, validations } };
    const address = { cluster: context.cluster, resource: gvr, namespace: '' };
    await world.writer.create(address, object);
    const reconcile = policyStatus({ store: world.reader, writer: world.writer, resources: () => [configMaps()] });
    await reconcile(key, { signal: new AbortController().signal });
    expect(world.reader.get(validatingPolicyBucket, key)?.decode()['status']).toEqual({
      observedGeneration: 1,
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[1].expression',
            warning:
              "/v1, Kind=ConfigMap: ERROR: <input>:1:7: undefined field 'dat'\n | object.dat.size() > 0\n | ......^\n",
          },
        ],
      },
    });
  });

  it.each([
    [
      {},
      [
        'spec.policyName: Required value',
        'spec.validationActions: Required value: at least one validation action is required',
      ],
    ],
    [{ policyName: 'p', validationActions: ['Deny', 'Deny'] }, ['spec.validationActions[1]: Duplicate value: "Deny"']],
    [
      { policyName: 'p', validationActions: ['Deny'], paramRef: {} },
      [
        'spec.paramRef: Required value: one of name or selector must be specified',
        'spec.paramRef.parameterNotFoundAction: Required value',
      ],
    ],
  ])('are bound with %j', (given, errors) => {
    expect(createErrors(validatingAdmissionPolicyBindings(), { spec: given })).toEqual(errors);
  });
});
