import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { parsePolicy } from './parse-policy.ts';

const policy = (...rules: readonly Json[]): JsonObject => ({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules });

describe('a policy', () => {
  it('is read with everything that it may have', () => {
    const read = parsePolicy({
      ...policy(
        {
          level: 'Request',
          users: ['a'],
          userGroups: ['g'],
          verbs: ['get'],
          resources: [{ group: 'apps', resources: ['*/scale'], resourceNames: ['x'] }, {}],
          namespaces: [''],
          omitStages: ['RequestReceived'],
          omitManagedFields: false,
        },
        { level: 'None', nonResourceURLs: ['*', '/healthz*'] },
      ),
      metadata: { name: 'mine' },
      omitStages: ['Panic'],
      omitManagedFields: true,
    });
    expect(read).toMatchObject({ omitStages: ['Panic'], omitManagedFields: true });
    expect(read.rules[0]).toEqual({
      level: 'Request',
      users: ['a'],
      userGroups: ['g'],
      verbs: ['get'],
      resources: [
        { group: 'apps', resources: ['*/scale'], resourceNames: ['x'] },
        { group: '', resources: [], resourceNames: [] },
      ],
      namespaces: [''],
      nonResourceURLs: [],
      omitStages: ['RequestReceived'],
      omitManagedFields: false,
    });
    expect(read.rules[1]).toMatchObject({ level: 'None', users: [], omitManagedFields: undefined });
  });

  it.each<[string, Json, string]>([
    ['no object', [], 'failed decoding: the document must be an object'],
    ['no kind', { apiVersion: 'audit.k8s.io/v1' }, "failed decoding: Object 'Kind' is missing"],
    ['no version', { kind: 'Policy' }, "failed decoding: Object 'apiVersion' is missing"],
    [
      'an older version',
      { kind: 'Policy', apiVersion: 'audit.k8s.io/v1beta1' },
      'failed decoding: no kind "Policy" is registered for version "audit.k8s.io/v1beta1": a policy is a Policy of audit.k8s.io/v1',
    ],
    ['no rules', policy(), 'loaded illegal policy with 0 rules'],
    ['an unknown field', { ...policy(), rule: [] }, 'strict decoding error: unknown field "rule"'],
    [
      'an unknown field of a rule',
      policy({ level: 'None', user: 'a' }),
      'strict decoding error: unknown field "rules[0].user"',
    ],
    [
      'an unknown field of resources',
      policy({ level: 'None', resources: [{ name: 'a' }] }),
      'strict decoding error: unknown field "rules[0].resources[0].name"',
    ],
    ['a text for a list', policy({ level: 'None', users: 'a' }), 'failed decoding: rules[0].users must be a list'],
    ['a number in a list', policy({ level: 'None', users: [1] }), 'failed decoding: rules[0].users[0] must be a text'],
    ['a rule that is none', policy('None'), 'failed decoding: rules[0] must be an object'],
    [
      'a word for a flag',
      policy({ level: 'None', omitManagedFields: 'yes' }),
      'failed decoding: rules[0].omitManagedFields must be true or false',
    ],
    ['no level', policy({}), 'rules[0].level: Required value'],
    [
      'an unknown level',
      policy({ level: 'All' }),
      'rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse"',
    ],
    [
      'a path without a slash',
      policy({ level: 'None', nonResourceURLs: ['healthz'] }),
      `rules[0].nonResourceURLs[0]: Invalid value: "healthz": non-resource URL rules must begin with a '/' character`,
    ],
    [
      'a star within a path',
      policy({ level: 'None', nonResourceURLs: ['/a*b'] }),
      `rules[0].nonResourceURLs[0]: Invalid value: "/a*b": non-resource URL wildcards '*' must be the final character of the rule`,
    ],
    [
      'a group with a version',
      policy({ level: 'None', resources: [{ group: 'apps/v1' }] }),
      expect.stringContaining('rules[0].resources.group: Invalid value: "apps/v1"') as unknown as string,
    ],
    [
      'names without resources',
      policy({ level: 'None', resources: [{ resourceNames: ['a'] }] }),
      'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource',
    ],
    [
      'resources and paths',
      policy({ level: 'None', nonResourceURLs: ['/a'], namespaces: ['b'] }),
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      'an unknown stage',
      { ...policy({ level: 'None' }), omitStages: ['Done'] },
      'omitStages[0]: Invalid value: "Done": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
    [
      'several mistakes',
      policy({ level: 'None', omitStages: ['x'] }, {}),
      '[rules[0].omitStages[0]: Invalid value: "x": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic, rules[1].level: Required value]',
    ],
  ])('with %s is refused by name', (_, document, message) => {
    let said = '';
    try {
      parsePolicy(document);
    } catch (error) {
      said = error instanceof Error ? `${error.name} ${error.message}` : '';
    }
    expect(said.replace('PolicyError ', '')).toEqual(message);
    expect(said).toContain('PolicyError ');
  });

  it('takes no key for what every object has', () => {
    const tricky = JSON.parse('{"apiVersion":"audit.k8s.io/v1","kind":"Policy","__proto__":{"rules":[]}}') as Json;
    expect(() => parsePolicy(tricky)).toThrow('unknown field "__proto__"');
  });
});
