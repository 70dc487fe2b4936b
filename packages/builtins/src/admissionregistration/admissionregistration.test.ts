import { describe, expect, it } from '@jest/globals';
import { context, createErrors, prepared } from '../testing/context.ts';
import { mutatingAdmissionPolicies } from './mutating-policy.ts';
import { validatingAdmissionPolicyBindings } from './policy-binding.ts';
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
  ])('with %j', (given, errors) => {
    expect(createErrors(policies, { spec: given })).toEqual(errors);
  });

  it('that mutate say how', () => {
    const mutating = { matchConstraints: spec.matchConstraints, mutations: [{ patchType: 'JSONPatch' }] };
    expect(createErrors(mutatingAdmissionPolicies(), { spec: mutating })).toEqual([
      'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
      'spec.reinvocationPolicy: Required value',
    ]);
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
