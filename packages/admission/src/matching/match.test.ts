import { describe, expect, it } from '@jest/globals';
import { everything, selectorFromLabelSelector, type KubeObject } from '@kcp/api-machinery';
import type { EquivalentKind } from '../admission.ts';
import { admissionAttributes } from '../testing/admission-attributes.ts';
import { isExempt } from './exempt.ts';
import { findMatch, type MatchCriteria } from './match.ts';
import { decodeRule } from './rule.ts';

const rule = { operations: ['*'], apiGroups: ['x.io'], apiVersions: ['v1'], resources: ['*'] };
const criteria: MatchCriteria = {
  rules: [decodeRule(rule)],
  matchPolicy: 'Equivalent',
  namespaceSelector: everything,
  objectSelector: everything,
};
const other: EquivalentKind = {
  resource: { group: 'x.io', version: 'v1', resource: 'gears' },
  kind: { group: 'x.io', version: 'v1', kind: 'Gear' },
  decode: (raw) => ({ apiVersion: 'x.io/v1', kind: 'Gear', metadata: {}, ...raw }),
  to: (object) => ({ ...object, apiVersion: 'x.io/v1' }),
  from: (object) => ({ ...object, apiVersion: 'x.io/v2' }),
};
const own = {
  resource: { group: 'x.io', version: 'v2', resource: 'gears' },
  kind: { group: 'x.io', version: 'v2', kind: 'Gear' },
};
const gear = (labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'x.io/v2',
  kind: 'Gear',
  metadata: { name: 'g', labels },
});
const request = admissionAttributes({ ...own, object: gear({ a: 'b' }), equivalents: () => [other] });
const labelled = (labels: Record<string, string>) => selectorFromLabelSelector({ matchLabels: labels });
const namespace = (labels: Record<string, string>) => (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'here', labels },
});

describe('matching', () => {
  it('shows a request as what it is where a rule names its version', () => {
    const rules = [decodeRule({ ...rule, apiVersions: ['v2'] })];
    expect(findMatch({ ...criteria, rules }, request, namespace({}))).toEqual(own);
  });

  it('shows it in the version that rules name, unless they are meant exactly', () => {
    expect(findMatch(criteria, request, namespace({}))).toEqual({
      resource: other.resource,
      kind: other.kind,
      equivalent: other,
    });
    expect(findMatch({ ...criteria, matchPolicy: 'Exact' }, request, namespace({}))).toBeUndefined();
  });

  it('shows a Scale as the Scale that it is in every version', () => {
    const kind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
    const scaled = { ...request, kind, subresource: 'scale' };
    const rules = [decodeRule({ ...rule, resources: ['gears/scale'] })];
    expect(findMatch({ ...criteria, rules }, scaled, namespace({}))).toEqual({ resource: other.resource, kind });
  });

  it('leaves out what an excluding rule names', () => {
    expect(findMatch({ ...criteria, excludeRules: criteria.rules }, request, namespace({}))).toBeUndefined();
  });

  it('selects objects by their labels before or after', () => {
    const objectSelector = labelled({ a: 'b' });
    const found = (object: KubeObject, oldObject: KubeObject) =>
      findMatch({ ...criteria, objectSelector }, { ...request, object, oldObject }, namespace({})) !== undefined;
    expect([found(gear(), gear({ a: 'b' })), found(gear({ a: 'b' }), gear()), found(gear(), gear())]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('selects by the labels of the namespace, and everything that is in none', () => {
    const selective = { ...criteria, namespaceSelector: labelled({ c: 'd' }) };
    expect(findMatch(selective, request, namespace({ c: 'd' }))).toBeDefined();
    expect(findMatch(selective, request, namespace({}))).toBeUndefined();
    expect(findMatch(selective, { ...request, namespace: '' }, namespace({}))).toBeDefined();
  });

  it('goes by the new labels of a namespace that is changed, and by the stored ones where it is deleted', () => {
    const resource = { group: '', version: 'v1', resource: 'namespaces' };
    const about = { ...request, resource, kind: { group: '', version: 'v1', kind: 'Namespace' }, namespace: 'here' };
    const selective = {
      ...criteria,
      rules: [decodeRule({ ...rule, apiGroups: [''] })],
      namespaceSelector: labelled({ a: 'b' }),
    };
    expect(findMatch(selective, about, namespace({}))).toBeDefined();
    const { object: _, ...rest } = about;
    expect(findMatch(selective, { ...rest, operation: 'DELETE' }, namespace({}))).toBeUndefined();
  });

  it('fails where the namespace is not there, but only for who would be asked', () => {
    const selective = { ...criteria, namespaceSelector: labelled({ c: 'd' }) };
    expect(() => findMatch(selective, request, () => undefined)).toThrow('namespaces "here" not found');
    expect(findMatch({ ...selective, rules: [] }, request, () => undefined)).toBeUndefined();
  });
});

describe('what nobody is asked about', () => {
  it.each([
    ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration', '', true],
    ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', '', true],
    ['authentication.k8s.io', 'TokenReview', 'tokenreviews', true],
    ['authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', true],
    ['example.com', 'ValidatingWebhookConfiguration', 'things', false],
    ['apps', 'Deployment', 'deployments', false],
  ])('%s %s: %s', (group, kind, resource, expected) => {
    expect(isExempt({ kind: { group, version: 'v1', kind }, resource: { group, version: 'v1', resource } })).toBe(
      expected,
    );
  });
});
